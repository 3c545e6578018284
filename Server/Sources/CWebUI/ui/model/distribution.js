// How traces are spread over time and duration: what the server counted over all that match, or the same counted over
// those that are at hand.

/**
 * @typedef {object} Cell
 * @property {number} column over time @property {number} row over duration @property {number} count
 * @property {number} errors @property {string} example the id of a trace that is in it
 * @typedef {object} Distribution
 * @property {number} startTime µs since 1970 @property {number} step µs @property {number} columns
 * @property {{from: number, to: number}[]} rows durations in µs, ascending
 * @property {Cell[]} cells only those that hold something
 * @property {number} counted how many traces are in it
 */

/** Two rows for each doubling from the shortest to the longest, at most as many as asked for. */
export function durationRows(least, most, limit) {
  const from = Math.max(1, least);
  const to = Math.max(from * 1.5, most);
  const steps = Math.max(1, Math.min(limit, Math.ceil(2 * Math.log2(to / from))));
  const ratio = (to / from) ** (1 / steps);
  return Array.from({ length: steps }, (_, row) => ({ from: from * ratio ** row, to: from * ratio ** (row + 1) }));
}

/** @returns {Distribution} of the summaries at hand, over a range of time */
export function distribute(summaries, from, to, columns, rowLimit = 24) {
  const step = Math.max(1, (to - from) / columns);
  const durations = summaries.map((summary) => Math.max(1, summary.duration));
  const least = durations.reduce((a, b) => Math.min(a, b), Infinity);
  const most = durations.reduce((a, b) => Math.max(a, b), 1);
  const rows = durationRows(Number.isFinite(least) ? least : 1, most, rowLimit);
  const cells = new Map();
  let counted = 0;
  summaries.forEach((summary, index) => {
    const column = Math.floor((summary.startTime - from) / step);
    if (column < 0 || column >= columns) return;
    const found = rows.findIndex((row) => durations[index] < row.to);
    const row = found < 0 ? rows.length - 1 : found;
    const key = column * rows.length + row;
    const cell = cells.get(key) ?? { column, row, count: 0, errors: 0, example: summary.traceID };
    cell.count++;
    if (summary.errors) cell.errors++;
    cells.set(key, cell);
    counted++;
  });
  return { startTime: from, step, columns, rows, cells: [...cells.values()], counted };
}

/** @returns {{column: number, count: number, errors: number}[]} the cells of each column added up, all columns */
export function columnsOf({ columns, cells }) {
  const sums = Array.from({ length: columns }, (_, column) => ({ column, count: 0, errors: 0 }));
  for (const { column, count, errors } of cells) {
    if (!sums[column]) continue;
    sums[column].count += count;
    sums[column].errors += errors;
  }
  return sums;
}

/** What share of the colour a cell has: by the logarithm, so that few are seen beside many. */
export function shade(count, most) {
  return most <= 1 ? 1 : 0.15 + 0.85 * (Math.log(count) / Math.log(most));
}
