// Numbers as viz/_mathematics/numerals.py writes them: two decimals, and as many more as three digits need.

const MINUS = "\u2212";

// Exactly half way above an even digit, Python rounds down and JavaScript up: 0.125 is 0.12.
function digits(size, form, count) {
  const halfWay = new RegExp(`\\.\\d{${count - 1}}[02468]50*(e|$)`);
  return (halfWay.test(size[form](42)) ? size * (1 - 2 ** -52) : size)[form](count);
}

// With more decimals where asked.
function number(x, signed = false, more = 0) {
  if (Number.isNaN(x)) return "nan";
  const size = Math.abs(x);
  const sign = x < 0 ? MINUS : signed && x > 0 ? "+" : "";
  if (size === Infinity) return `${sign}∞`;
  if (x === 0 || (size >= 1 && size < 99999.995)) return sign + digits(size, "toFixed", 2 + more);
  const [start, power] = digits(size, "toExponential", 2 + more).split("e").map(Number);
  if (power <= 0 && power >= -4) {
    return sign + digits(size, "toFixed", 2 + more - power).replace(/0+$/, "").padEnd(4, "0");
  }
  const exponent = (power < 0 ? MINUS : "") + String(Math.abs(power)).padStart(2, "0");
  return `${sign}${start}e${exponent}`;
}

const MORE = 5; // decimals at most

// How many more decimals of two numbers a calculator needs for their ratio as it is printed.
function decimalsOfParts(over, under, ratio) {
  const printed = (x, more) => Number(number(x, false, more).replaceAll(MINUS, "-"));
  for (let more = 0; more < MORE; more++) {
    if (number(printed(over, more) / printed(under, more)) === number(ratio)) return more;
  }
  return MORE;
}

// What someone typed, with a comma or a typographic minus too; null if it is no number.
function read(text) {
  const plain = text.trim().replace(MINUS, "-").replace(",", ".");
  const x = Number(plain);
  return plain !== "" && Number.isFinite(x) ? x : null;
}

// Of zero, and of nothing, null.
const sign = (x) => (x > 0 ? "positive" : x < 0 ? "negative" : null);
