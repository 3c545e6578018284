// How a row writes itself: nothing is touched that has the value already, and marks along a lane are recycled.

const LEAST = 0.02; // % of a bar below which a child is not worth a stop of a gradient
const MOST_CHILDREN = 400;
const MOST_STOPS = 60;

export function write(node, value) {
  if (node.nodeType === Node.TEXT_NODE) {
    if (node.nodeValue !== value) node.nodeValue = value;
  } else if (node.textContent !== value) node.textContent = value;
}

export function set(element, attribute, value) {
  if (element.getAttribute(attribute) === value) return;
  if (value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, value);
}

export function name(element, className) {
  if (element.className !== className) element.className = className;
}

const LETTER = 6.3; // px of a digit of a label, and what is beside it
const BESIDE = 10;

/**
 * Puts the bar of a row where it belongs in the range that is visible, and its label after it, or before it where
 * there is no room after it, or else on it.
 * @param {{width: number, beyond: number}} room px of the lane, and after it
 */
export function placeBar({ lane, bar, label, duration }, start, length, [from, to], room) {
  const scale = 100 / (to - from);
  const left = Math.max(0, Math.min(100, (start - from) * scale));
  const right = Math.max(0, Math.min(100, (start + length - from) * scale));
  const outside = start > to ? "after" : start + length < from ? "before" : "";
  if (lane.dataset.outside !== outside) lane.dataset.outside = outside;
  bar.style.left = `${left}%`;
  bar.style.width = `${right - left}%`;
  const wanted = duration.nodeValue.length * LETTER + BESIDE;
  const after = outside || room.width === 0 || (1 - right / 100) * room.width + room.beyond >= wanted;
  const side = after ? "after" : (left / 100) * room.width >= wanted ? "before" : "inside";
  name(label, `bar-label ${side}`);
  label.style.left = side === "after" ? `${right}%` : side === "inside" ? `${left}%` : "auto";
  label.style.right = side === "before" ? `${100 - left}%` : "auto";
}

/** Small elements along a lane, made once and used for whatever the row shows next. */
export class Marks {
  #elements = [];

  constructor(parent, most) {
    this.parent = parent;
    this.most = most;
  }

  /** @param {(k: number) => [number, number]} interval µs of the k-th mark */
  place(count, interval, [from, to]) {
    const wanted = Math.min(this.most, count);
    while (this.#elements.length < wanted) {
      const mark = document.createElement("i");
      this.#elements.push(mark);
      this.parent.append(mark);
    }
    const scale = 100 / (to - from);
    for (let k = 0; k < this.#elements.length; k++) {
      const mark = this.#elements[k];
      const [begin, end] = k < wanted ? interval(k) : [Infinity, Infinity];
      const shown = begin <= to && end >= from;
      if (mark.hidden === shown) mark.hidden = !shown;
      if (!shown) continue;
      const left = Math.max(0, (begin - from) * scale);
      mark.style.left = `${left}%`;
      if (end > begin) mark.style.width = `${Math.min(100, (end - from) * scale) - left}%`;
    }
  }
}

/** The parts of a bar in which children were at work, as a gradient; what stays clear is the span's own time. */
export function childShade(trace, span, [zoomFrom, zoomTo]) {
  const { start, length, size } = trace;
  const from = Math.max(start[span], zoomFrom);
  const to = Math.min(start[span] + length[span], zoomTo);
  const end = span + size[span];
  if (to <= from || end === span + 1) return "none";
  const scale = 100 / (to - from);
  const stops = [];
  let covered = 0;
  let seen = 0;
  for (let child = span + 1; child < end && stops.length < MOST_STOPS && seen < MOST_CHILDREN; child += size[child]) {
    seen++;
    const left = Math.max(covered, (start[child] - from) * scale);
    const right = Math.min(100, (start[child] + length[child] - from) * scale);
    if (right - left < LEAST) continue;
    stops.push(`transparent ${left}%`, `var(--shade) ${left}%`, `var(--shade) ${right}%`, `transparent ${right}%`);
    covered = right;
  }
  return stops.length ? `linear-gradient(to right, ${stops.join(", ")})` : "none";
}
