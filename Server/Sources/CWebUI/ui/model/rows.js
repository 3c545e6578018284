// Which spans have a row, given what is collapsed; and the collapsed set as a short text for the address bar.

/** Span numbers that are visible, in order. Collapsed subtrees are skipped by their size. */
export function visibleRows(size, collapsed) {
  const rows = new Int32Array(size.length);
  let n = 0;
  for (let i = 0; i < size.length; i += collapsed[i] ? size[i] : 1) rows[n++] = i;
  return rows.subarray(0, n);
}

/** Index in rows of a span, or -1 when it is hidden. */
export function rowOf(rows, span) {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rows[middle] === span) return middle;
    if (rows[middle] < span) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Opens everything above a span. True when something changed. */
export function reveal(parent, collapsed, span) {
  let changed = false;
  for (let at = parent[span]; at >= 0; at = parent[at]) {
    if (collapsed[at]) changed = true;
    collapsed[at] = 0;
  }
  return changed;
}

/** Closes each span that has children: all of them, or those at one depth and below. */
export function collapseFrom(trace, collapsed, depth) {
  for (let i = 0; i < trace.count; i++) collapsed[i] = trace.size[i] > 1 && trace.depth[i] >= depth ? 1 : 0;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Gaps between collapsed spans in base 64, five bits a digit, preceded by the number of spans they are meant for. */
export function encodeCollapsed(collapsed) {
  let text = "";
  let last = -1;
  for (let i = 0; i < collapsed.length; i++) {
    if (!collapsed[i]) continue;
    text += encodeNumber(i - last);
    last = i;
  }
  return text && encodeNumber(collapsed.length) + text;
}

/** The set again; empty when the text is malformed or was made for a trace of another size. */
export function decodeCollapsed(text, count) {
  const collapsed = new Uint8Array(count);
  let value = 0;
  let shift = 1;
  let at = -1;
  let header = true;
  for (const digit of text) {
    const bits = DIGITS.indexOf(digit);
    if (bits < 0 || shift > 2 ** 40) return new Uint8Array(count);
    value += (bits & 31) * shift;
    shift *= 32;
    if (bits & 32) continue;
    if (header) {
      if (value !== count) return collapsed;
      header = false;
    } else {
      at += value;
      if (at >= count || value === 0) return new Uint8Array(count);
      collapsed[at] = 1;
    }
    value = 0;
    shift = 1;
  }
  return collapsed;
}

function encodeNumber(value) {
  let text = "";
  for (; value > 31; value = Math.floor(value / 32)) text += DIGITS[(value % 32) | 32];
  return text + DIGITS[value];
}
