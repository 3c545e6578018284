// A span may be reported more than once: while it runs and when it has ended, or again because an answer was lost.
// Only its last report is a span of the trace.

/**
 * @typedef {object} Report of a span, beside another with the same id
 * @property {number} row
 * @property {string | number} service
 * @property {number} start
 * @property {number} length
 * @property {number} kind
 * @property {boolean} isUnfinished
 */

/**
 * Which of two reports with one id is not to be shown.
 * @param {Report} a @param {Report} b the one that comes later
 * @returns {number} its row; -1 when they are two spans that share an id, as the two sides of a call do in Zipkin
 */
export function supersededRow(a, b) {
  if (a.service !== b.service || a.start !== b.start || a.kind !== b.kind) return -1;
  if (a.isUnfinished !== b.isUnfinished) return a.isUnfinished ? a.row : b.row;
  return a.length <= b.length ? a.row : b.row;
}
