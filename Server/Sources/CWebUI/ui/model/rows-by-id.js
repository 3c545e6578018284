/** Rows by the ids of their spans: an open hash table of numbers, filled once. */
export class RowsByID {
  #id;
  #table;
  #shift;

  /**
   * @param {Uint32Array} id low and high halves, row after row
   * @param {(earlier: number, row: number) => boolean} repeats called for a row whose id another has already; true if
   *   it is to be found instead
   */
  constructor(id, repeats = () => false) {
    const count = id.length / 2;
    let bits = 4;
    while (1 << bits < 2 * count) bits++;
    this.#id = id;
    this.#table = new Int32Array(1 << bits).fill(-1);
    this.#shift = 32 - bits;
    const table = this.#table;
    const mask = table.length - 1;
    for (let i = 0; i < count; i++) {
      const low = id[2 * i];
      const high = id[2 * i + 1];
      let slot = hash(low, high) >>> this.#shift;
      while (table[slot] >= 0 && (id[2 * table[slot]] !== low || id[2 * table[slot] + 1] !== high)) {
        slot = (slot + 1) & mask;
      }
      if (table[slot] < 0 || repeats(table[slot], i)) table[slot] = i;
    }
  }

  /** The row with an id, or -1. */
  find(low, high) {
    const id = this.#id;
    const table = this.#table;
    const mask = table.length - 1;
    for (let slot = hash(low, high) >>> this.#shift; table[slot] >= 0; slot = (slot + 1) & mask) {
      const row = table[slot];
      if (id[2 * row] === low && id[2 * row + 1] === high) return row;
    }
    return -1;
  }
}

function hash(low, high) {
  return Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
}
