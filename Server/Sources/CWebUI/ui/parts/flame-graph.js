// A trace as a flame graph: each span where it was in time, or paths added up. Drawn on a canvas, because it is a
// picture of a hundred thousand boxes; the table below it has the same, for those who do not see it.

import { afterPaint } from "../draw/after-paint.js";
import { Palette, Surface } from "../draw/canvas.js";
import { timeGestures } from "../draw/gestures.js";
import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { boxAt, flameMerged, flameOverTime } from "../model/flame.js";
import { formatDuration } from "../model/format.js";
import { ERROR, MISSING } from "../model/trace.js";
import { bounded, panned, zoomed } from "../model/zoom.js";
import { text } from "../text/en.js";
import { FlamePainter, LEVEL } from "./flame-painter.js";

const LARGE = 20_000; // spans from which the table waits until the picture is on the screen
const MOST_ROWS = 200;
const MOST_LEVELS = 100_000; // as many as a browser scrolls through

class FlameGraph extends HTMLElement {
  #open = null;
  #state = {};
  #flame = null;
  #range = [0, 1];
  #hovered = -1;
  #drawing = 0;

  connectedCallback() {
    if (this.canvas) return;
    this.modes = ["time", "merged"].map((mode) => html`<button type="button" role="radio"
      @click="${() => this.#change({ merged: mode === "merged", at: "" })}">${text.flameModes[mode]}</button>`);
    this.reset = html`<button type="button" hidden @click="${() => this.#zoom(null)}">${text.zoomOut}</button>`;
    this.canvas = html`<canvas role="img" aria-label="${text.flameTitle}" tabindex="0"></canvas>`;
    this.tip = html`<div class="tip" hidden></div>`;
    this.stage = html`<div class="flame-stage">${this.canvas}${this.tip}</div>`;
    this.table = html`<div class="flame-table"></div>`;
    this.scroller = html`<div class="flame-scroller" tabindex="-1">${this.stage}${this.table}</div>`;
    // The canvas is as high as what is seen of it, and stays there while the levels go by.
    this.scroller.addEventListener("scroll", () => this.#drawSoon(), { passive: true });
    this.resized = new ResizeObserver(() => this.#fit());
    this.resized.observe(this.scroller);
    this.replaceChildren(html`<div class="view-bar"><span class="segmented" role="radiogroup"
        aria-label="${text.traceView}">${this.modes}</span><span class="dim">${text.flameHint}</span>
        <span class="spring"></span>${this.reset}</div>`, this.scroller);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (context, width, height) => this.#draw(context, width, height));
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => this.#hover(null));
    this.canvas.addEventListener("click", (event) => this.#click(event));
    this.canvas.addEventListener("dblclick", (event) => this.#openSpan(event));
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    timeGestures(this.canvas, {
      box: () => this.canvas.getBoundingClientRect(),
      zoom: (factor, at) => {
        const point = this.#range[0] + at * (this.#range[1] - this.#range[0]);
        this.#zoom(zoomed(this.#range, factor, this.#whole, point));
      },
      pan: (share) => this.#zoom(panned(this.#range, share, this.#whole)),
    });
  }

  disconnectedCallback() {
    this.surface.disconnect();
    this.resized.disconnect();
    cancelAnimationFrame(this.#drawing);
    this.canvas = null;
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state) {
    if (open !== this.#open || state.merged !== this.#state.merged) this.#flame = null;
    this.#open = open;
    this.#state = state;
    this.modes.forEach((button, k) => button.setAttribute("aria-checked", String(Boolean(k) === state.merged)));
    const fresh = this.#flame === null;
    this.#flame ??= state.merged ? flameMerged(open.paths) : { boxes: flameOverTime(open.trace) };
    this.#range = this.#rangeOf(state);
    this.reset.hidden = this.#range[0] <= 0 && this.#range[1] >= this.#whole;
    const levels = Math.min(MOST_LEVELS, this.#flame.boxes.first.length - 1);
    this.stage.style.height = `${Math.max(1, levels) * LEVEL}px`;
    if (fresh) this.#listSoon();
    this.#fit();
    this.surface.draw();
  }

  #listSoon() {
    if (this.#open.trace.count < LARGE) return this.#list();
    const flame = this.#flame;
    afterPaint(() => flame === this.#flame && this.isConnected && this.#list());
  }

  #fit() {
    const height = `${Math.max(LEVEL, Math.min(this.scroller.clientHeight, this.stage.clientHeight))}px`;
    if (this.canvas.style.height !== height) this.canvas.style.height = height;
  }

  #drawSoon() {
    this.#drawing ||= requestAnimationFrame(() => {
      this.#drawing = 0;
      this.surface.draw();
    });
  }

  /** px of the stage above what the canvas shows */
  get #top() {
    return this.canvas.offsetTop;
  }

  get #whole() {
    return Math.max(1e-3, this.#flame.total ?? this.#open.trace.duration);
  }

  #rangeOf(state) {
    if (!state.merged) return bounded(state.zoom, this.#whole);
    const box = state.at === "" ? -1 : Number(state.at);
    const { boxes } = this.#flame;
    return box >= 0 && box < boxes.from.length ? [boxes.from[box], boxes.to[box]] : [0, this.#whole];
  }

  #zoom(range) {
    if (this.#state.merged) {
      if (range === null) return this.#change({ at: "" });
      this.#range = bounded(range, this.#whole);
      this.reset.hidden = false;
      return this.surface.draw();
    }
    const next = range && bounded(range, this.#whole);
    this.#change({ zoom: next && (next[0] > 0 || next[1] < this.#whole) ? next : null });
  }

  #change(change) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: change }));
  }

  /** The span that a box is, or is like. */
  #span(box) {
    const number = this.#flame.boxes.span[box];
    return this.#flame.nodes ? this.#flame.nodes[number].span : number;
  }

  #draw(context, width, height) {
    if (!this.#flame) return;
    this.painter ??= new FlamePainter(this.palette, this.canvas);
    const { trace, slots } = this.#open;
    this.painter.draw(context, { width, height, top: this.#top, boxes: this.#flame.boxes, range: this.#range,
      hovered: this.#hovered }, {
      look: (box) => {
        const span = this.#span(box);
        if (trace.flags[span] & MISSING) return "service-ink dim";
        return `service-ink ${slotClass(slots.get(trace.services[trace.service[span]]))}`;
      },
      failed: (box) => this.#failed(box),
      label: (box) => trace.names[trace.name[this.#span(box)]] || text.missingSpan,
    });
  }

  #failed(box) {
    const { nodes, boxes } = this.#flame;
    if (nodes) return nodes[boxes.span[box]].errors > 0;
    return (this.#open.trace.flags[boxes.span[box]] & ERROR) !== 0;
  }

  #boxAt(event) {
    const [from, to] = this.#range;
    const time = from + (event.offsetX / this.canvas.clientWidth) * (to - from);
    return boxAt(this.#flame.boxes, this.#levelAt(event), time);
  }

  #levelAt(event) {
    return Math.floor((this.#top + event.offsetY) / LEVEL);
  }

  #hover(event) {
    const box = event ? this.#boxAt(event) : -1;
    this.tip.hidden = box < 0;
    this.canvas.classList.toggle("over", box >= 0);
    if (box >= 0) {
      this.tip.replaceChildren(...this.#describe(box));
      const left = Math.min(event.offsetX + 14, this.canvas.clientWidth - this.tip.offsetWidth - 4);
      this.tip.style.transform = `translate(${Math.max(0, left)}px, ${this.#top + event.offsetY + 16}px)`;
    }
    if (box === this.#hovered) return;
    this.#hovered = box;
    this.surface.draw();
  }

  #describe(box) {
    const { trace, self } = this.#open;
    const span = this.#span(box);
    const node = this.#flame.nodes?.[this.#flame.boxes.span[box]];
    const time = node
      ? `${text.times(node.count)} · ${formatDuration(node.total)} · ${text.ownTime(formatDuration(node.self))}`
      : `${formatDuration(trace.length[span])} · ${text.ownTime(formatDuration(self[span]))}`;
    return [html`<strong>${trace.services[trace.service[span]]}</strong>`, ` ${trace.names[trace.name[span]]}`,
      html`<div class="dim">${time}</div>`];
  }

  #click(event) {
    const box = this.#boxAt(event);
    if (box < 0) return this.#zoom(null);
    const { boxes } = this.#flame;
    const whole = this.#levelAt(event) === 0;
    if (this.#state.merged) this.#change({ at: whole ? "" : String(box) });
    else this.#zoom(whole ? null : [boxes.from[box], boxes.to[box]]);
  }

  #openSpan(event) {
    const box = this.#boxAt(event);
    if (box >= 0) this.dispatchEvent(new CustomEvent("go", { detail: this.#span(box) }));
  }

  #key(event) {
    const act = {
      ArrowLeft: () => this.#zoom(panned(this.#range, -0.1, this.#whole)),
      ArrowRight: () => this.#zoom(panned(this.#range, 0.1, this.#whole)),
      "+": () => this.#zoom(zoomed(this.#range, 1 / 1.5, this.#whole)),
      "-": () => this.#zoom(zoomed(this.#range, 1.5, this.#whole)),
      Escape: () => this.#zoom(null),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** The heaviest boxes as a table: paths, or single spans. */
  #list() {
    const { trace, self } = this.#open;
    const nodes = this.#flame.nodes ?? heaviestSpans(trace, self, MOST_ROWS);
    const rows = [...nodes].sort((a, b) => b.self - a.self).slice(0, MOST_ROWS).map(
      (node) => html`<tr><th scope="row"><button type="button" class="as-link"
          @click="${() => this.dispatchEvent(new CustomEvent("go", { detail: node.span }))}">
          <span class="service-dot ${slotClass(this.#open.slots.get(trace.services[trace.service[node.span]]))}"></span>
          ${trace.services[trace.service[node.span]]} ${trace.names[trace.name[node.span]]}</button></th>
        <td>${node.count}</td><td>${node.errors || ""}</td><td>${formatDuration(node.self)}</td>
        <td>${formatDuration(node.total)}</td></tr>`,
    );
    this.table.replaceChildren(html`<table class="data-table"><thead><tr><th scope="col">${text.node}</th>
      <th scope="col">${text.count}</th><th scope="col">${text.errorsTitle}</th><th
        scope="col">${text.ownTimeTitle}</th>
      <th scope="col">${text.total}</th></tr></thead><tbody>${rows}</tbody></table>`);
  }
}

function heaviestSpans({ count, length, flags }, self, most) {
  const least = self.slice().sort()[Math.max(0, count - most)];
  const spans = [];
  for (let span = 0; span < count; span++) {
    if (self[span] < least || flags[span] & MISSING) continue;
    spans.push({ span, count: 1, errors: flags[span] & ERROR ? 1 : 0, self: self[span], total: length[span] });
  }
  return spans;
}

customElements.define("flame-graph", FlameGraph);
