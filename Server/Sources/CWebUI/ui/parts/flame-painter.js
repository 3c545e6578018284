// Draws the boxes of a flame graph that are in view and wide enough to be seen, colour by colour.

export const LEVEL = 19; // px
const TEXT_FROM = 34; // px of width from which a box has room for a name
const MOST_WIDTHS = 5000;

export class FlamePainter {
  #widths = new Map();

  constructor(palette, canvas) {
    this.palette = palette;
    this.canvas = canvas;
  }

  /**
   * @param {{width: number, height: number, top: number, boxes: import("../model/flame.js").Boxes,
   *   range: [number, number], hovered: number}} picture top is what of it was scrolled past
   * @param {{look: (box: number) => string, failed: (box: number) => boolean, label: (box: number) => string}} say
   */
  draw(context, { width, height, top, boxes, range, hovered }, say) {
    context.clearRect(0, 0, width, height);
    const seen = this.#visible(boxes, range, { width, height, top }, say);
    const colours = new Map();
    for (const [look, list] of seen) {
      colours.set(look, this.palette.colour(look));
      context.fillStyle = colours.get(look);
      for (const { x, y, w } of list) context.fillRect(x, y, w, LEVEL - 1);
    }
    this.#labels(context, seen, say);
    context.strokeStyle = this.palette.colour("error");
    context.lineWidth = 2;
    for (const list of seen.values()) {
      for (const { x, y, w, box } of list) {
        if (w > 3 && say.failed(box)) context.strokeRect(x + 1, y + 1, w - 2, LEVEL - 3);
        if (box !== hovered) continue;
        context.fillStyle = "rgb(128 128 128 / 35%)";
        context.fillRect(x, y, w, LEVEL - 1);
      }
    }
  }

  /** What of each level is in the range; what ends in a pixel that is filled already is left out. */
  #visible(boxes, [from, to], { width, height, top }, say) {
    const scale = width / (to - from);
    const looks = new Map();
    const last = Math.min(boxes.first.length - 2, Math.floor((top + height) / LEVEL));
    for (let level = Math.floor(top / LEVEL); level <= last; level++) {
      let filled = -1;
      for (let box = firstAfter(boxes, level, from); box < boxes.first[level + 1]; box++) {
        if (boxes.from[box] > to) break;
        const x = Math.max(0, (boxes.from[box] - from) * scale);
        const end = Math.min(width, (boxes.to[box] - from) * scale);
        if (end <= filled) continue;
        const w = Math.max(1, end - x - (end - x > 3 ? 0.5 : 0));
        filled = Math.max(Math.floor(x) + 1, end);
        const look = say.look(box);
        if (!looks.has(look)) looks.set(look, []);
        looks.get(look).push({ x, y: level * LEVEL - top, w, box });
      }
    }
    return looks;
  }

  #labels(context, seen, say) {
    context.font = getComputedStyle(this.canvas).font;
    context.textBaseline = "middle";
    context.fillStyle = this.palette.colour("flame-ink");
    for (const list of seen.values()) {
      for (const { x, y, w, box } of list) {
        if (w < TEXT_FROM) continue;
        const label = this.#fit(context, say.label(box), w - 8);
        if (label) context.fillText(label, x + 4, y + LEVEL / 2);
      }
    }
  }

  #fit(context, label, room) {
    const width = this.#width(context, label);
    if (width <= room) return label;
    const letters = Math.floor((label.length * room) / width) - 1;
    return letters < 3 ? "" : `${label.slice(0, letters)}…`;
  }

  #width(context, label) {
    let width = this.#widths.get(label);
    if (width === undefined) {
      width = context.measureText(label).width;
      if (this.#widths.size > MOST_WIDTHS) this.#widths.clear();
      this.#widths.set(label, width);
    }
    return width;
  }
}

/** Boxes of a level do not overlap: the first one that ends after a time. */
function firstAfter(boxes, level, time) {
  let low = boxes.first[level];
  let high = boxes.first[level + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes.to[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
