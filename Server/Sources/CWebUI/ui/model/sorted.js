// The order of rows by a key: by digits for numbers, by rank for texts, so that a column of a hundred thousand rows is
// sorted within a command's time. Equal keys stay in the order in which they came.

/**
 * @param {(number | string)[] | Float64Array} keys of one type
 * @param {boolean} down largest first
 * @returns {Int32Array} the rows in order
 */
export function sortedOrder(keys, down) {
  const numbers = keys.length > 0 && typeof keys[0] === "string" ? ranks(keys) : Float64Array.from(keys);
  if (down) for (let i = 0; i < numbers.length; i++) numbers[i] = -numbers[i];
  const order = Int32Array.from(numbers, (_, row) => row);
  return isSorted(numbers) ? order : byDigits(numbers, order);
}

/** The place of each text among all that are there. */
function ranks(texts) {
  const distinct = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
  const rank = new Map(distinct.map((text, k) => [text, k]));
  return Float64Array.from(texts, (text) => rank.get(text));
}

function isSorted(numbers) {
  for (let i = 1; i < numbers.length; i++) if (!(numbers[i - 1] <= numbers[i])) return false;
  return true;
}

const BITS = 16;

/** Sorts by the bits of the numbers, sixteen at a time from the lowest: their order is that of the numbers, once the
 *  sign is turned, and with it all bits of what is negative. */
function byDigits(numbers, order) {
  const digits = new Uint16Array(numbers.map((number) => number + 0).buffer);
  const perKey = 64 / BITS;
  for (let k = 0; k < digits.length; k += perKey) {
    const negative = digits[k + perKey - 1] >> (BITS - 1);
    for (let d = 0; d < perKey; d++) digits[k + d] ^= negative ? 0xffff : d === perKey - 1 ? 0x8000 : 0;
  }
  let [from, to] = [order, new Int32Array(order.length)];
  for (let d = 0; d < perKey; d++) {
    const starts = new Int32Array((1 << BITS) + 1);
    for (let row = 0; row < from.length; row++) starts[digits[perKey * row + d] + 1]++;
    // A digit that all have in common changes nothing.
    if (starts[digits[d] + 1] === from.length) continue;
    for (let value = 0; value < 1 << BITS; value++) starts[value + 1] += starts[value];
    for (let k = 0; k < from.length; k++) to[starts[digits[perKey * from[k] + d]]++] = from[k];
    [from, to] = [to, from];
  }
  return from;
}
