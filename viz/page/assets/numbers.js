// Numbers as viz/numerals.py writes them: two decimals, and three digits where those would say nothing.

const MINUS = "\u2212";

// Exactly half way above an even digit, Python rounds down and JavaScript up: 0.125 is 0.12.
const HALF_WAY = /\.\d[02468]50*(e|$)/;

function digits(size, form) {
  return (HALF_WAY.test(size[form](42)) ? size * (1 - 2 ** -52) : size)[form](2);
}

function number(x, signed = false) {
  const size = Math.abs(x);
  const sign = x < 0 ? MINUS : signed && x > 0 ? "+" : "";
  if (x === 0 || (size >= 0.01 && size < 99999.995)) return sign + digits(size, "toFixed");
  const [start, power] = digits(size, "toExponential").split("e");
  if (power < 0 && power >= -4) return sign + Number(`${start}e${power}`).toString();
  const exponent = (power < 0 ? MINUS : "") + String(Math.abs(power)).padStart(2, "0");
  return `${sign}${start.replace(/\.?0+$/, "")}e${exponent}`;
}

// What someone typed, with a comma or a typographic minus too; null if it is no number.
function read(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".");
  const x = Number(plain);
  return plain !== "" && Number.isFinite(x) ? x : null;
}

const sign = (x) => (x > 0 ? "positive" : x < 0 ? "negative" : "zero");
