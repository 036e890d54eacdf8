// The outputs as a list.

function prepareOutputs() {
  on("input parameters", () => {
    const lines = network.labels.map((label, j) => {
      const line = document.createElement("li");
      line.textContent = `${label}: ${state.outputs === null ? "undefined" : state.outputs[j].toFixed(3)}`;
      return line;
    });
    document.getElementById("outputs").replaceChildren(...lines);
  });
}
