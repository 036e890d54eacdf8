"""The lecture page in use, in headless Chromium: steps, keys, links, nudges."""

import dataclasses
import math

import pytest
from browser import needs_browser, webdriver

import nn
import viz
from autograd import Value, exp, log, maximum, sigmoid, sqrt
from autograd._graph.node import topological_order
from viz._layout.themes import DARK, LIGHT, stroke
from viz._mathematics.typeset import PARTIAL
from viz._pictures.picture import Link

pytestmark = needs_browser
LAST = 23  # the chain of three layers: an overview, 7 quantities, 1 + 14 edges, everything


def boxes(C: Value) -> dict[str, Value]:
    """The labelled nodes by the ids of their boxes, their gradients computed."""
    C.backward()
    named = [node for node in topological_order(C) if node.is_leaf or node.label]
    return {f"n{i}": node for i, node in enumerate(named)}


def assert_same(page, C: Value) -> None:
    nodes = boxes(C)
    values, gradients = page.data("value"), page.data("grad")
    assert values.keys() == gradients.keys() == nodes.keys()
    for i, node in nodes.items():
        assert values[i] == pytest.approx(node.data, rel=1e-12, abs=0)
        assert gradients[i] == pytest.approx(node.grad, rel=1e-12, abs=0)


# -- steps -------------------------------------------------------------------------------------


# What is seen at each step, from the overview to the last one: the step, the values, gradients and numbers
# of edges that are known, what the boxes show, and whether each edge shows its bridge and its label.
WALK = """
const seen = [];
const all = (selector) => [...document.querySelectorAll(selector)];
const slider = document.getElementById('slider');
for (let step = 0; step <= slider.max; step += 1) {
  if (step) dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
  seen.push([
    Number(document.getElementById('count').textContent.split(' / ')[0]),
    ...['value', 'grad', 'number'].map((key) => all(`#stage [data-${key}]`).map((element) => element.id)),
    all('.box').map((box) => [
      box.id, box.querySelector('.gradient').textContent, box.querySelector('.value').textContent]),
    all('.edge').map((edge, i) => [
      getComputedStyle(edge.querySelector('.bridge')).display !== 'none',
      getComputedStyle(document.getElementById(`slope${i}`)).visibility === 'visible']),
  ]);
}
return seen;
"""


def test_nothing_is_shown_before_it_is_computed_and_an_edge_runs_on_until_its_label(chain, lecture_chain):
    nodes = boxes(lecture_chain(3))
    known = []
    steps = chain.run(WALK)
    assert [step for step, *_ in steps] == list(range(LAST + 1))
    for step, values, gradients, numbers, shown, edges in steps:
        for i, gradient, value in shown:
            assert bool(gradient) == (i in gradients), (step, i)
            assert nodes[i].is_leaf or bool(value) == (i in values), (step, i)
        assert all(bridge != label for bridge, label in edges)
        assert sum(label for _, label in edges) == len(numbers)
        known.append((len(values), len(gradients), len(numbers)))
    assert known[0] == (8, 0, 0)
    assert known[1:8] == [(8 + k, 0, 0) for k in range(1, 8)]
    assert known[8:] == [(15, 1 + k, k) for k in range(15)] + [(15, 15, 14)]
    chain.go(1)
    assert (
        "".join(chain.find(".step.now .equation").text.split()) == "z(1)=w(1)a(0)+b(1)=1.20·0.50+(−0.30)=0.30"
    )
    assert chain.find("#said").get_attribute("textContent") == (
        "Compute z⁽¹⁾. z⁽¹⁾ = w⁽¹⁾a⁽⁰⁾ + b⁽¹⁾ = 1.20 · 0.50 + (−0.30) = 0.30"
    )
    assert chain.find("#n5").get_attribute("aria-label") == "z⁽¹⁾, value 0.30"


def test_a_gradient_of_several_paths_is_marked_until_it_is_whole(open_page):
    x = Value(3.0, label="x")
    page = open_page((x * x).with_label("y"))
    page.go(3)
    assert page.find("#n0 .row:has(.gradient)").text.split() == ["so", "far", "+3.00"]
    assert "n0" not in page.data("grad")
    page.go(4)
    assert page.find("#n0 .row:has(.gradient)").text.split() == ["grad", "+6.00"]
    assert page.data("grad")["n0"] == 6.0


def test_play_keys_buttons_and_slider(chain):
    chain.run("document.getElementById('speed').value = '4'")
    chain.go(LAST - 2)
    chain.press(" ")
    assert chain.find("#play").text == "Pause"
    chain.until(lambda: chain.step == LAST)
    chain.until(lambda: chain.find("#play").text == "Play")
    chain.press(" ")  # once more, from the start
    assert chain.step == 0
    chain.press(" ")
    assert chain.find("#play").text == "Play"
    keys = webdriver.Keys
    for key, step in (
        (keys.ARROW_RIGHT, 1), (keys.PAGE_DOWN, 2), (keys.ARROW_LEFT, 1), (keys.END, LAST),
        (keys.ARROW_RIGHT, LAST), (keys.PAGE_UP, LAST - 1), (keys.HOME, 0), (keys.ARROW_LEFT, 0),
    ):  # fmt: skip
        chain.press(key)
        assert chain.step == step
    chain.find("#n0 input.value").click()
    chain.press(keys.ARROW_RIGHT)  # inside a field it moves the cursor
    assert chain.step == 0
    chain.find("#next").click()
    chain.find("#next").click()
    chain.find("#back").click()
    assert chain.step == 1
    chain.press(" ")  # presses the button that was pressed last, and plays nothing
    assert (chain.step, chain.find("#play").text) == (0, "Play")
    chain.find("#next").click()
    assert not chain.find("#slider").get_attribute("disabled")
    chain.find("#slider").send_keys(webdriver.Keys.ARROW_RIGHT)
    assert chain.step == 2
    chain.find("#slider").send_keys(webdriver.Keys.END)
    assert chain.step == LAST
    assert not chain.find("#next").is_enabled()


def test_links_and_history(chain):
    chain.browser.get(f"{chain.address}#7")
    assert chain.step == 7
    chain.press(webdriver.Keys.ARROW_RIGHT)
    chain.press(webdriver.Keys.ARROW_RIGHT)
    assert chain.browser.current_url.endswith("#9")
    chain.browser.back()
    chain.until(lambda: chain.step == 8)
    chain.browser.forward()
    chain.until(lambda: chain.step == 9)
    for odd, step in (("#999", LAST), ("#x", 0), ("#-1", 0), ("#3&nothing", 3)):
        chain.run("location.hash = arguments[0]", odd)
        chain.until(lambda step=step: chain.step == step)


MODES = "const { theme, projector } = document.documentElement.dataset; return [theme, projector === '']"


def test_modes_in_the_address_by_keys_and_as_arguments(chain, open_page, lecture_chain):
    assert chain.run(MODES) == ["light", False]
    chain.browser.get("about:blank")
    chain.browser.get(f"{chain.address}#9&projector&dark")
    assert (chain.step, chain.run(MODES)) == (9, ["dark", True])
    chain.press(webdriver.Keys.ARROW_RIGHT)
    assert chain.browser.current_url.endswith("#10&projector&dark")
    chain.press("d", "P")
    assert chain.run(MODES) == ["light", False]
    assert chain.browser.current_url.endswith("#10&light")
    chain.press("?")
    assert "projector" in chain.find("#help").text
    chain.press(webdriver.Keys.ARROW_RIGHT)  # not while the help is open
    chain.press(webdriver.Keys.ESCAPE)
    assert chain.step == 10
    page = open_page(lecture_chain(1), theme=DARK, projector=True)
    assert page.run(MODES) == ["dark", True]
    page.press(webdriver.Keys.ARROW_RIGHT)
    assert page.browser.current_url.endswith("#1&projector&dark")
    ivory = dataclasses.replace(LIGHT, paper="#FFFFF0")
    page = open_page(lecture_chain(1), theme=ivory)
    assert page.run(MODES) == ["light", False]
    assert page.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 240)"


# -- nudging -----------------------------------------------------------------------------------


def test_everything_follows_a_nudge(chain, lecture_chain):
    chain.go(LAST)
    assert_same(chain, lecture_chain(3))
    names = {node.label: i for i, node in boxes(lecture_chain(3)).items()}

    def moved(**numbers: float) -> Value:
        a = Value(numbers.get("a", 0.5), label="a^{(0)}")
        for k, (w, b) in enumerate(((1.2, -0.3), (numbers.get("w2", -1.6), 0.4), (0.9, 0.2)), 1):
            z = (Value(w, label=f"w^{{({k})}}") * a + Value(b, label=f"b^{{({k})}}")).with_label(
                f"z^{{({k})}}"
            )
            a = sigmoid(z).with_label(f"a^{{({k})}}")
        return ((a - Value(1.0, label="y")) ** 2).with_label("C_0")

    chain.drag(names["w^{(2)}"], 0.3149)
    assert_same(chain, moved(w2=0.31))  # dragged numbers are rounded
    chain.type(names["a^{(0)}"], "−12,5")
    assert_same(chain, moved(w2=0.31, a=-12.5))
    widths = chain.run(
        "return [...document.querySelectorAll('.edge')].map(e => e.style.getPropertyValue('--width'))"
    )
    for (_, slope), width in zip(
        sorted(chain.data("number").items(), key=lambda e: int(e[0][5:])), widths, strict=True
    ):
        _, drawn = stroke(Link("", "", derivative=PARTIAL, number=slope), LIGHT)
        assert float(width[:-2]) == pytest.approx(drawn, abs=0.056)  # a drawing's has one decimal
    signs = chain.run("return [...document.querySelectorAll('.edge')].map(e => e.dataset.sign)")
    assert set(signs) == {"positive", "negative"}
    chain.find("#reset").click()
    assert_same(chain, lecture_chain(3))
    assert not chain.find("#reset").is_enabled()
    chain.type("n0", "seven")
    assert chain.find("#n0 input.value").get_attribute("aria-invalid") == "true"
    chain.press(webdriver.Keys.ENTER)
    assert chain.find("#n0 input.value").get_attribute("value") == "0.90"
    assert_same(chain, lecture_chain(3))


LINES = """
const at = (axis, name) => Number(axis.style.getPropertyValue(name));
const number = (text) => Number(text.replace('\u2212', '-'));
const shown = (mark) => getComputedStyle(mark).visibility === 'visible';
return Object.fromEntries([...document.querySelectorAll('#stage .box')].map((box) => {
  const axis = box.querySelector('.axis');
  const ends = [...axis.querySelectorAll('.end')].map((end) => number(end.textContent));
  const [dot, ghost] = ['dot', 'ghost'].map((name) => (
    shown(axis.querySelector(`.${name}`)) ? at(axis, `--${name}`) : null));
  return [box.id, { ends, dot, ghost }];
}));
"""


def test_every_quantity_moves_on_its_number_line_and_leaves_a_ghost(chain, lecture_chain):
    nodes = boxes(lecture_chain(3))
    names = {node.label: i for i, node in nodes.items()}
    assert len(chain.data("value")) == 8
    chain.drag("n0", 1.0)  # the overview shows the values as soon as a leaf is moved
    assert len(chain.data("value")) == 15
    assert chain.data("grad") == {}
    chain.press(webdriver.Keys.ARROW_RIGHT)
    assert len(chain.data("value")) == 9
    chain.find("#reset").click()
    chain.go(LAST)
    before, values = chain.run(LINES), chain.data("value")
    for i, line in before.items():
        low, high = line["ends"]
        assert line["dot"] == pytest.approx(
            (values[i] - low) / (high - low), abs=0.003
        )  # the ends are rounded
        assert line["ghost"] is None
    for k in (1, 2, 3):
        assert before[names[f"a^{{({k})}}"]]["ends"] == [0, 1]
    assert before[names["C_0"]]["ends"][0] == 0
    assert before[names["w^{(2)}"]]["ends"] == [-3.6, 0.4]
    for w in (0.3, -3.2):  # one drag: the ghosts stay where it began
        chain.drag(names["w^{(2)}"], w)
        moved, now = chain.run(LINES), chain.data("value")
        follow = {i for i in now if now[i] != values[i]}
        assert {nodes[i].label for i in follow} == {
            "w^{(2)}", "z^{(2)}", "a^{(2)}", "z^{(3)}", "a^{(3)}", "C_0",
        }  # fmt: skip
        for i, line in moved.items():
            assert line["ends"] == before[i]["ends"]
            assert 0 <= line["dot"] <= 1
            assert line["ghost"] == (before[i]["dot"] if i in follow else None)
    chain.find("#reset").click()
    assert chain.run(LINES) == before


RATIOS = """
const number = (text) => Number(text.replaceAll('\u2212', '-').replace('+', ''));
return [...document.querySelectorAll('#nudge math')].map((math) => number(math.lastElementChild.textContent));
"""


def test_the_measured_slope_comes_to_the_derivative_as_the_nudge_shrinks(chain, lecture_chain):
    def cost(w: float) -> float:
        a = 0.5
        for x, b in ((1.2, -0.3), (w, 0.4), (0.9, 0.2)):
            a = 1 / (1 + math.exp(-(x * a + b)))
        return (a - 1) ** 2

    assert chain.run(RATIOS) == []
    w2 = {node.label: i for i, node in boxes(lecture_chain(3)).items()}["w^{(2)}"]
    w, slope = -1.6, boxes(lecture_chain(3))[w2].grad
    chain.run("document.querySelector(`#${arguments[0]} input.value`).focus()", w2)
    errors = []
    for nudge in (2.0, -1.0, 0.1, 0.001):
        chain.run(
            "const field = document.querySelector(`#${arguments[0]} input.value`);"
            "field.value = arguments[1]; field.dispatchEvent(new Event('input'));", w2, str(w + nudge),
        )  # fmt: skip
        shown = chain.run(RATIOS)
        change = cost(w + nudge) - cost(w)
        expected = [nudge, change, change / nudge, slope]
        assert shown == [pytest.approx(x, rel=0.006) for x in expected]
        errors.append(abs(change / nudge - slope))
    assert errors == sorted(errors, reverse=True)
    assert shown[2] == shown[3]
    chain.type(w2, "-1.6")  # another nudge, from here back
    assert chain.run(RATIOS)[0] == -0.001


def test_a_nudge_too_small_to_measure_says_so(open_page):
    page = open_page((Value(1.0, label="w") + 1e9).with_label("C"))
    page.type("n0", "1.0000000001")
    *_, slope, exact = page.run(
        "return [...document.querySelectorAll('#nudge math > :last-child')].map((x) => x.textContent)"
    )
    assert (slope, exact) in {("—", "+1.00"), ("0.00", "+1.00")}


def test_rounding_where_zero_should_be_is_zero(open_page):
    x = Value(0.1, label="x")
    page = open_page((x + 0.2 - 0.3).with_label("y"))
    page.press(webdriver.Keys.END)
    assert page.find("#n1 .value").text == "0.00"
    page.go(1)
    assert page.find(".step.now .equation").text.replace("\n", "").endswith("=0.00")
    page.drag("n0", -0.001)
    assert page.find("#n0 input.value").get_attribute("value") == "0.00"


def test_the_leaves_inside_a_folded_box_can_be_moved(open_page):
    def net(w: float) -> Value:
        x, v, y = Value(0.5, label="x"), Value(w, label="w^{(1)}"), Value(1.0, label="y")
        a = sigmoid((v * x + Value(0.1, label="b^{(1)}")).with_label("z^{(1)}")).with_label("a^{(1)}")
        return ((a - y) ** 2).with_label("C")

    page = open_page(net(0.8), fold=viz.by_layer)
    page.press(webdriver.Keys.END)
    assert not page.find(".drawer").is_displayed()
    page.find("button.open").click()
    leaf = page.run("return document.querySelector('.drawer .box.parameter').id")
    for w in (0.8, -1.1):
        page.drag(leaf, w)
        C = net(w)
        C.backward()
        values = {node.label: node for node in topological_order(C) if node.is_leaf or node.label}
        assert page.data("value")[leaf] == w
        assert page.data("grad")[leaf] == pytest.approx(values["w^{(1)}"].grad, rel=1e-12)
        group = page.run("return document.querySelector('.box.group').id")
        assert page.data("value")[group] == pytest.approx(values["a^{(1)}"].data, rel=1e-15)
        assert page.data("grad")[group] == pytest.approx(values["a^{(1)}"].grad, rel=1e-12)
    page.find("button.open").click()
    assert not page.find(".drawer").is_displayed()


def test_softmax_and_cross_entropy_show_the_share_less_the_desired_one(open_page):
    def cost(a1: float) -> Value:
        a = [Value(x, label=f"a_{i}") for i, x in enumerate((0.95, a1, 0.12))]
        y = [Value(float(i == 0), label=f"y_{i}") for i in range(3)]
        return nn.cross_entropy(a, y).with_label("C_0")

    page = open_page(cost(0.66))
    page.press(webdriver.Keys.END)
    labels = [label.text for label in page.browser.find_elements("css selector", ".slope")]
    shown = ["".join(text.split()) for text in labels]
    for i, number in enumerate(("−0.542", "+0.343", "+0.20")):
        assert f"∂C0∂a{i}=s{i}−y{i}{number}" in shown
    assert_same(page, cost(0.66))
    a1 = {node.label: i for i, node in boxes(cost(0.66)).items()}["a_1"]
    page.drag(a1, 1.5)  # the largest is another one now
    assert_same(page, cost(1.5))


def test_after_a_drag_the_arrow_keys_go_from_step_to_step(chain):
    chain.go(5)
    chain.find("#n0 input.line").click()  # in the middle: the recorded number
    before = chain.data("value")
    chain.press(webdriver.Keys.ARROW_RIGHT)
    assert chain.step == 6
    assert before.items() <= chain.data("value").items()
    chain.find("#slider").click()
    middle = chain.step
    chain.press(webdriver.Keys.PAGE_DOWN)  # a presenter's remote
    assert chain.step == middle + 1
    chain.run("document.querySelector('#n0 input.line').focus()")  # who came with the keyboard stays there
    chain.press(webdriver.Keys.ARROW_RIGHT)
    assert chain.data("value")["n0"] != before["n0"]
    assert chain.step == middle + 1


def test_outside_a_domain_and_back(open_page):
    x, w = Value(4.0, label="x"), Value(1.0, label="w")
    middle = log(x).with_label("l")
    page = open_page((middle * w + sqrt(x)).with_label("y"))
    page.press(webdriver.Keys.END)
    before = page.data("value"), page.data("grad"), page.data("number")
    page.type("n0", "-1")
    assert page.find("#trouble").text == "l: log(−1.00) is undefined: log takes x in (0, inf)."
    assert page.find("#n1 .value").text == page.find("#n0 .gradient").text == "—"
    assert page.data("value") == {"n0": -1.0, "n2": 1.0}
    assert page.data("grad") == page.data("number") == {}  # derivatives of what is not there
    assert "undefined" in page.find("#n1").get_attribute("class")
    page.type("n0", "4")
    assert (page.data("value"), page.data("grad"), page.data("number")) == before
    assert page.find("#trouble").text == ""


def test_too_large_a_number(open_page):
    page = open_page(exp(Value(1.0, label="x")).with_label("y"))
    page.type("n0", "1000")
    assert page.find("#trouble").text == "y: exp(1000.00) is beyond the largest number."


def test_constants_too_large_for_a_number(open_page):
    page = open_page((Value(1e-200, label="x") * 1e200 * 1e200).with_label("y"))
    page.press(webdriver.Keys.END)
    assert page.data("value") == {"n0": 1e-200, "n1": 1e200}
    assert page.data("grad") == {"n1": 1.0}  # the derivative is 1e400
    assert page.find("#trouble").text == "∂y/∂x is beyond the largest number."
    page.type("n0", "1")
    assert page.find("#trouble").text == "y: mul(1e200, 1e200) is beyond the largest number."


def test_constants_that_are_not_finite(open_page):
    page = open_page(maximum(Value(2.0, label="x"), -math.inf).with_label("y"))
    page.press(webdriver.Keys.END)
    assert (page.data("value"), page.data("grad")) == ({"n0": 2.0, "n1": 2.0}, {"n0": 1.0, "n1": 1.0})
    page = open_page((Value(2.0, label="x") * math.inf).with_label("y"))
    assert page.find("#trouble").text == "y: mul(2.00, ∞) is beyond the largest number."
    page = open_page((Value(2.0, label="x") + math.nan).with_label("y"))
    assert page.find("#trouble").text == "y: add(2.00, nan) is no number."
