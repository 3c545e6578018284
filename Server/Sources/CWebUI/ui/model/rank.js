// Which names fit a few typed letters, the best first: as a whole, from the start, from the start of a word, within.

/**
 * @template Entry
 * @param {Entry[]} entries @param {string} wanted words, all of which must fit @param {(entry: Entry) => string} name
 * @returns {Entry[]} those that fit; of equally good ones the order stays
 */
export function rank(entries, wanted, name) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = [];
  for (const entry of entries) {
    const score = scoreOf(name(entry).toLowerCase(), words);
    if (score < Infinity) scored.push({ entry, score });
  }
  return scored.sort((a, b) => a.score - b.score).map(({ entry }) => entry);
}

function scoreOf(name, words) {
  let sum = 0;
  for (const word of words) {
    const at = name.indexOf(word);
    if (at < 0) return Infinity;
    const startsWord = at === 0 || new RegExp(`(^|[^\\p{L}\\p{N}])${escape(word)}`, "u").test(name);
    sum += name === word ? 0 : at === 0 ? 1 : startsWord ? 2 : 3;
  }
  return sum;
}

function escape(word) {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
