// Ranges of time within a whole: zoomed about a point, moved, and kept within bounds.

const NARROWEST = 1e-3; // µs

/** The range as it may be: within the whole, and not narrower than a nanosecond. */
export function bounded(range, whole) {
  const end = Math.max(whole, NARROWEST);
  if (!range) return [0, end];
  const width = Math.min(end, Math.max(NARROWEST, range[1] - range[0]));
  const from = Math.max(0, Math.min(range[0], end - width));
  return [from, from + width];
}

/** Wider (factor above 1) or narrower; the point keeps its place. */
export function zoomed([from, to], factor, whole, point = (from + to) / 2) {
  const width = (to - from) * factor;
  const share = to > from ? (point - from) / (to - from) : 0.5;
  return bounded([point - share * width, point - share * width + width], whole);
}

/** Moved by a share of what is visible. */
export function panned([from, to], share, whole) {
  const by = (to - from) * share;
  return bounded([from + by, to + by], whole);
}

export function isWhole([from, to], whole) {
  return from <= 0 && to >= whole;
}
