// Sets of spans as short texts for the address bar.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Gaps between the spans of a set in base 64, five bits a digit, after the number of spans they are meant for. */
export function encodeSet(set) {
  const parts = [];
  let last = -1;
  for (let i = 0; i < set.length; i++) {
    if (!set[i]) continue;
    parts.push(encodeNumber(i - last));
    last = i;
  }
  return parts.length ? encodeNumber(set.length) + parts.join("") : "";
}

/** The set again; empty when the text is malformed or was made for a trace of another size. */
export function decodeSet(text, count) {
  const set = new Uint8Array(count);
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
      if (value !== count) return set;
      header = false;
    } else {
      at += value;
      if (at >= count || value === 0) return new Uint8Array(count);
      set[at] = 1;
    }
    value = 0;
    shift = 1;
  }
  return set;
}

function encodeNumber(value) {
  let text = "";
  for (; value > 31; value = Math.floor(value / 32)) text += DIGITS[(value % 32) | 32];
  return text + DIGITS[value];
}

const BASE = /^(\d+)\.(.*)$/;

/**
 * What is collapsed: "2." is all below the second level, and a set after it is what differs from that. So a trace of
 * any size that was folded by levels has a short address.
 */
export function encodeCollapsed(trace, collapsed) {
  const level = nearestLevel(trace, collapsed);
  if (level === Infinity) return encodeSet(collapsed);
  const { count, size, depth } = trace;
  const differs = new Uint8Array(count);
  for (let i = 0; i < count; i++) differs[i] = collapsed[i] ^ (size[i] > 1 && depth[i] >= level ? 1 : 0);
  return `${level}.${encodeSet(differs)}`;
}

/** @returns {Uint8Array} of all spans, 1 for those that are collapsed */
export function decodeCollapsed(trace, text) {
  const { count, size, depth } = trace;
  const base = BASE.exec(text);
  const set = decodeSet(base ? base[2] : text, count);
  if (!base) return set;
  const level = Number(base[1]);
  for (let i = 0; i < count; i++) if (size[i] > 1 && depth[i] >= level) set[i] ^= 1;
  return set;
}

/** The level from which on closing all comes nearest to what is collapsed; Infinity for closing none. */
function nearestLevel({ count, size, depth }, collapsed) {
  const open = []; // by level
  const closed = [];
  let wrong = 0; // if none were closed
  for (let i = 0; i < count; i++) {
    if (size[i] === 1) continue;
    const counts = collapsed[i] ? closed : open;
    counts[depth[i]] = (counts[depth[i]] ?? 0) + 1;
    wrong += collapsed[i];
  }
  let [best, least] = [Infinity, wrong];
  for (let level = Math.max(open.length, closed.length) - 1; level >= 0; level--) {
    wrong += (open[level] ?? 0) - (closed[level] ?? 0);
    if (wrong < least) [best, least] = [level, wrong];
  }
  return best;
}
