// The rows of a trace: names on the left, bars on the right. A treegrid with one tab stop; only rows in view exist.

import { html } from "../draw/html.js";
import { VirtualList } from "../draw/virtual-list.js";
import { slotClass } from "../model/colour.js";
import { reveal, rowOf, visibleRows } from "../model/rows.js";
import { errorsBelow } from "../model/trace.js";
import { preference, setPreference } from "../state/preferences.js";
import { text } from "../text/en.js";
import "./time-ruler.js";
import { SpanRow } from "./waterfall-row.js";

const ROW = 24; // px, as in trace.css
const NARROWEST = 12; // % of the width for names
const WIDEST = 75;

class Waterfall extends HTMLElement {
  /** @type {import("../model/trace.js").Trace} */
  trace = null;
  collapsed = new Uint8Array(0);
  rows = new Int32Array(0);
  matches = new Set();
  classes = [];
  below = new Int32Array(0);
  zoom = [0, 1];
  active = -1; // the span that the keys stand on
  selected = -1; // the span whose detail is open

  connectedCallback() {
    if (this.list) return;
    this.ruler = html`<time-ruler></time-ruler>`;
    this.ruler.addEventListener("ticks", () => this.#drawLines());
    this.divider = html`<div class="divider" role="separator" tabindex="0" aria-orientation="vertical"
      aria-label="${text.resize}" aria-valuemin="${NARROWEST}" aria-valuemax="${WIDEST}"
      @pointerdown="${(event) => this.#dragDivider(event)}" @keydown="${(event) => this.#keyDivider(event)}"></div>`;
    this.lines = html`<div class="grid-lines" aria-hidden="true"></div>`;
    this.body = html`<div class="rows" role="presentation"></div>`;
    this.grid = html`<div class="scroller" role="treegrid" tabindex="0" aria-label="${text.waterfall}"
      aria-colcount="2" @keydown="${(event) => this.#key(event)}" @click="${(event) => this.#click(event)}"
      @focus="${() => this.#focus()}">${this.body}</div>`;
    this.replaceChildren(html`
      <div class="waterfall-head"><div class="head-name">${text.serviceAndOperation}</div>
        <div class="head-lane">${this.ruler}</div></div>
      ${this.lines}${this.grid}${this.divider}`);
    this.list = new VirtualList(this.grid, this.body, {
      rowHeight: ROW,
      create: () => new SpanRow(this).element,
      write: (element, index) => element.spanRow.write(this.rows[index], index),
    });
    this.observer = new ResizeObserver(() => this.#measureScrollBar());
    this.observer.observe(this.grid);
    this.#setNameWidth(Number(preference("name-width", "34")));
  }

  disconnectedCallback() {
    this.list.disconnect();
    this.observer.disconnect();
  }

  /** @param {Uint8Array} collapsed owned by the page, changed here */
  show(trace, slots, collapsed, zoom) {
    this.trace = trace;
    this.collapsed = collapsed;
    this.below = errorsBelow(trace);
    this.classes = trace.services.map((service) => slotClass(slots.get(service)));
    this.active = trace.count ? 0 : -1;
    this.refresh();
    this.setZoom(zoom);
  }

  /** To be called when the collapsed set was changed from outside. */
  refresh() {
    this.rows = visibleRows(this.trace.size, this.collapsed);
    this.grid.setAttribute("aria-rowcount", String(this.rows.length));
    if (this.active >= 0) while (rowOf(this.rows, this.active) < 0) this.active = this.trace.parent[this.active];
    this.list.setCount(this.rows.length);
    this.#markActive();
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.ruler.show(...zoom);
    this.list.rewrite();
  }

  shows(span) {
    return rowOf(this.rows, span) >= 0;
  }

  select(span) {
    this.selected = span;
    this.list.rewrite();
  }

  setMatches(spans) {
    this.matches = new Set(spans);
    this.list.rewrite();
  }

  /** Makes a span the active one and brings it into view, opening what hides it. */
  goTo(span, options = { centre: true }) {
    if (reveal(this.trace.parent, this.collapsed, span)) {
      this.refresh();
      this.#changed();
    }
    this.active = span;
    this.list.reveal(rowOf(this.rows, span), options);
    this.list.rewrite();
    this.#markActive();
  }

  #drawLines() {
    const [from, to] = this.zoom;
    this.lines.replaceChildren(
      ...this.ruler.ticks.map((tick) => {
        const line = document.createElement("i");
        line.style.left = `${(100 * (tick - from)) / (to - from)}%`;
        return line;
      }),
    );
  }

  #markActive() {
    const element = this.active >= 0 ? this.list.element(rowOf(this.rows, this.active)) : null;
    if (element) this.grid.setAttribute("aria-activedescendant", element.id);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  #focus() {
    if (this.active >= 0) this.list.reveal(rowOf(this.rows, this.active));
    this.#markActive();
  }

  #click(event) {
    const row = event.target.closest("[role=row]")?.spanRow;
    if (!row) return;
    if (event.target.closest(".twist")) return this.#toggle(row.span);
    const selection = getSelection();
    if (selection && !selection.isCollapsed && selection.containsNode(event.target, true)) return;
    this.goTo(row.span, {});
    this.#open();
  }

  #toggle(span, to = !this.collapsed[span]) {
    if (this.trace.size[span] === 1 || Boolean(this.collapsed[span]) === to) return;
    this.collapsed[span] = to ? 1 : 0;
    this.refresh();
    this.#changed();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.active < 0) return;
    const row = rowOf(this.rows, this.active);
    const span = this.active;
    const last = this.rows.length - 1;
    const page = this.list.visible - 1;
    const open = this.trace.size[span] > 1 && !this.collapsed[span];
    const moves = {
      ArrowDown: () => this.#move(Math.min(last, row + 1)),
      ArrowUp: () => this.#move(Math.max(0, row - 1)),
      PageDown: () => this.#move(Math.min(last, row + page)),
      PageUp: () => this.#move(Math.max(0, row - page)),
      Home: () => this.#move(0),
      End: () => this.#move(last),
      ArrowRight: () => (open ? this.#move(row + 1) : this.#toggle(span, false)),
      ArrowLeft: () => (open ? this.#toggle(span, true) : this.#move(rowOf(this.rows, this.trace.parent[span]))),
      Enter: () => this.#open(),
      " ": () => this.#open(),
    };
    if (!Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    moves[event.key]();
  }

  #move(row) {
    if (row < 0) return;
    this.goTo(this.rows[row], {});
    this.dispatchEvent(new CustomEvent("span-active", { detail: this.active }));
  }

  #open() {
    this.dispatchEvent(new CustomEvent("span-open", { detail: this.active }));
  }

  #changed() {
    this.dispatchEvent(new Event("collapse-change"));
  }

  #measureScrollBar() {
    this.style.setProperty("--scroll-bar", `${this.grid.offsetWidth - this.grid.clientWidth}px`);
  }

  #setNameWidth(percent) {
    const width = Math.min(WIDEST, Math.max(NARROWEST, percent || 34));
    this.nameWidth = width;
    this.style.setProperty("--name", `${width}%`);
    this.divider.setAttribute("aria-valuenow", String(Math.round(width)));
    setPreference("name-width", width.toFixed(1));
  }

  #dragDivider(down) {
    down.preventDefault();
    const box = this.getBoundingClientRect();
    const move = (event) => this.#setNameWidth((100 * (event.clientX - box.left)) / box.width);
    this.divider.setPointerCapture(down.pointerId);
    this.divider.addEventListener("pointermove", move);
    const done = () => this.divider.removeEventListener("pointermove", move);
    this.divider.addEventListener("lostpointercapture", done, { once: true });
  }

  #keyDivider(event) {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#setNameWidth(this.nameWidth + step);
  }
}

customElements.define("trace-waterfall", Waterfall);
