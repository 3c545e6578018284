// References that are no parents, drawn from span to span over the rows in view; one whose other end is out of view
// runs to the edge.

const SVG = "http://www.w3.org/2000/svg";
const LINKED = 8;
const MOST = 60;
const BELOW = 8; // px, so that a line does not cross the label of the bar that it comes from

export class LinkLines {
  constructor(waterfall) {
    this.waterfall = waterfall;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "link-lines");
    this.svg.setAttribute("aria-hidden", "true");
    waterfall.lines.after(this.svg);
  }

  draw() {
    const { waterfall } = this;
    const lines = waterfall.open && waterfall.rows.length ? this.#lines() : [];
    while (this.svg.childElementCount > lines.length) this.svg.lastChild.remove();
    while (this.svg.childElementCount < lines.length) this.svg.append(document.createElementNS(SVG, "path"));
    lines.forEach((d, k) => {
      if (this.svg.children[k].getAttribute("d") !== d) this.svg.children[k].setAttribute("d", d);
    });
  }

  #lines() {
    const { open, list, rows } = this.waterfall;
    const { trace } = open;
    const lines = [];
    const inView = new Map();
    for (const { index, element } of list.slots) {
      if (index >= 0 && !element.hidden && rows[index] >= 0) inView.set(rows[index], index);
    }
    for (const [span, index] of inView) {
      if (!(trace.flags[span] & LINKED) || lines.length >= MOST) continue;
      for (const reference of open.detailSoon(span).references) {
        if (reference.span < 0 || reference.span === trace.parent[span] || reference.span === span) continue;
        lines.push(this.#curve(reference.span, inView.get(reference.span), span, index));
      }
    }
    return lines;
  }

  /** From the end of the span that is referred to, to the start of the one that refers. */
  #curve(from, fromRow, to, toRow) {
    const { trace } = this.waterfall.open;
    const [x1, x2] = [this.#x(trace.start[from] + trace.length[from]), this.#x(trace.start[to])];
    const y2 = this.#y(toRow);
    const y1 = fromRow === undefined ? (from < to ? -4 : this.waterfall.lines.clientHeight + 4)
      : this.#y(fromRow) + BELOW;
    const bend = Math.max(14, Math.abs(x2 - x1) / 3);
    const point = (x, y) => `${x.toFixed(1)} ${y.toFixed(1)}`;
    return `M${point(x1, y1)}C${point(x1 + bend, y1)} ${point(x2 - bend, y2)} ${point(x2, y2)}` +
      `m-5 -3l5 3l-5 3`;
  }

  #x(time) {
    const [from, to] = this.waterfall.zoom;
    return Math.max(-20, Math.min(1.02, (time - from) / (to - from))) * this.waterfall.lines.clientWidth;
  }

  #y(row) {
    const { list } = this.waterfall;
    return list.top(row) - list.offset + list.rowHeight / 2;
  }
}
