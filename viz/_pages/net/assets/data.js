// The arrays of the page, from text; `encoding.py` writes them.

const KINDS = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array, float64: Float64Array };

function bytes(base64) {
  const text = atob(base64);
  const array = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) array[i] = text.charCodeAt(i);
  return array;
}

// An array in the byte order of this machine; the text is little-endian.
function numbersOf(text, kind) {
  const Kind = KINDS[kind];
  const array = bytes(text);
  const size = Kind.BYTES_PER_ELEMENT;
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (!isLittle) for (let i = 0; i < array.length; i += size) array.subarray(i, i + size).reverse();
  return new Kind(array.buffer);
}

// An encoded array: its numbers; a palette and a byte for each; or one common number, and the others.
function decode(encoded) {
  if ("common" in encoded) {
    const array = new Float64Array(encoded.size).fill(encoded.common);
    const others = bytes(encoded.others);
    const rest = decode(encoded.rest);
    let next = 0;
    for (let i = 0; i < array.length; i++) if (others[i >> 3] & (1 << (i & 7))) array[i] = rest[next++];
    return array;
  }
  if ("palette" in encoded) {
    const palette = numbersOf(encoded.palette, "float64");
    return Float64Array.from(numbersOf(encoded.uint8, "uint8"), (code) => palette[code]);
  }
  const [kind] = Object.keys(encoded);
  return numbersOf(encoded[kind], kind);
}
