// The rows of a trace: names on the left, bars on the right. A treegrid with one tab stop; only rows in view exist.

import { timeGestures } from "../draw/gestures.js";
import { html } from "../draw/html.js";
import { VirtualList } from "../draw/virtual-list.js";
import { reveal, rowOf, thinned, visibleRows } from "../model/rows.js";
import { threshold } from "../model/trace-state.js";
import { bounded, panned, zoomed } from "../model/zoom.js";
import { preference, setPreference } from "../state/preferences.js";
import { text } from "../text/en.js";
import { LinkLines } from "./link-lines.js";
import "./time-ruler.js";
import { SpanRow } from "./waterfall-row.js";

const NARROWEST = 12; // % of the width for names
const WIDEST = 75;
const NARROW_NAMES = 230; // px

class Waterfall extends HTMLElement {
  /** @type {import("../state/open-trace.js").OpenTrace} */
  open = null;
  collapsed = new Uint8Array(0);
  rows = new Int32Array(0);
  folds = [];
  matches = null; // 1 for each span that was found; null while nothing is looked for
  zoom = [0, 1];
  room = { width: 0, beyond: 0 }; // px of the lanes, and between them and the edge
  active = -1; // the span that the keys stand on
  activeFold = null; // or the fold
  selected = -1; // the span whose detail is open
  hovered = -1;
  showPath = true;
  showPills = true;
  colours = null; // values(key) of the trace when spans are not coloured by service
  details = new Map(); // span → element between the rows
  #view = {};
  #onDetails = () => this.isConnected && this.list.rewrite();

  connectedCallback() {
    if (this.list) return;
    this.ruler = html`<time-ruler></time-ruler>`;
    this.ruler.addEventListener("ticks", () => this.#drawLines());
    this.divider = html`<div class="divider" role="separator" tabindex="0" aria-orientation="vertical"
      aria-label="${text.resize}" aria-valuemin="${NARROWEST}" aria-valuemax="${WIDEST}"
      @pointerdown="${(event) => this.#dragDivider(event)}" @keydown="${(event) => this.#keyDivider(event)}"></div>`;
    this.lines = html`<div class="grid-lines" aria-hidden="true"></div>`;
    this.cursor = html`<div class="time-cursor" aria-hidden="true" hidden></div>`;
    this.body = html`<div class="rows" role="presentation"></div>`;
    this.grid = html`<div class="scroller" role="treegrid" tabindex="0" aria-label="${text.waterfall}"
      aria-colcount="2" @keydown="${(event) => this.#key(event)}" @click="${(event) => this.#click(event)}"
      @focus="${() => this.#focus()}" @pointermove="${(event) => this.#hover(event)}"
      @pointerleave="${() => this.#hover(null)}">${this.body}</div>`;
    this.head = html`<div class="head-lane">${this.ruler}</div>`;
    this.replaceChildren(html`
      <div class="waterfall-head"><div class="head-name">${text.serviceAndOperation}</div>${this.head}</div>
      ${this.lines}${this.grid}${this.cursor}${this.divider}`);
    this.links = new LinkLines(this);
    this.list = new VirtualList(this.grid, this.body, {
      rowHeight: parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 24,
      create: () => new SpanRow(this).element,
      write: (element, index) => element.spanRow.write(this.rows[index], index),
      drawn: () => this.links.draw(),
    });
    timeGestures(this, {
      box: () => this.ruler.getBoundingClientRect(),
      zoom: (factor, at) => this.#ask(zoomed(this.zoom, factor, this.whole, this.#time(at))),
      pan: (share) => this.#ask(panned(this.zoom, share, this.whole)),
    });
    this.observer = new ResizeObserver(() => this.#measureScrollBar());
    this.observer.observe(this.grid);
    // What stands between the rows is as high as what it says, which comes later or is unfolded.
    this.panels = new ResizeObserver(() => this.#placeDetails());
    this.#setNameWidth(Number(preference("name-width", "34")));
  }

  disconnectedCallback() {
    this.list.disconnect();
    this.observer.disconnect();
    this.panels.disconnect();
  }

  get whole() {
    return Math.max(1, this.open.trace.duration);
  }

  /** @param {Uint8Array} collapsed owned by the page, changed here */
  show(open, collapsed) {
    this.open?.removeEventListener("details", this.#onDetails);
    this.open = open;
    open.addEventListener("details", this.#onDetails);
    this.collapsed = collapsed;
    this.active = open.trace.count ? 0 : -1;
  }

  /**
   * What of the trace has rows: `view.keeps` says which spans are not thinned out, null for all.
   * @param {{keeps: ((span: number) => boolean) | null, repeats: boolean, revealed: Uint8Array,
   *   unfolded: Uint8Array}} view
   */
  setView(view) {
    this.#view = {
      revealed: view.revealed,
      unfolded: view.unfolded,
      shown: view.keeps ? thinned(this.open.trace, view.keeps) : null,
      leader: view.repeats ? this.open.leaders : null,
    };
    this.refresh();
  }

  /** To be called when the collapsed set was changed from outside. */
  refresh() {
    const { trace } = this.open;
    const { shown, leader } = this.#view;
    const self = shown || leader ? this.open.self : null;
    const { rows, folds } = visibleRows(trace, { ...this.#view, collapsed: this.collapsed, self });
    this.rows = rows;
    this.folds = folds;
    this.grid.setAttribute("aria-rowcount", String(rows.length));
    if (this.active >= 0) {
      while (this.active >= 0 && rowOf(rows, this.active) < 0) this.active = trace.parent[this.active];
      if (this.active < 0) this.active = rows.find((row) => row >= 0) ?? -1;
    }
    this.list.setCount(rows.length);
    this.#placeDetails();
    this.#markActive();
  }

  /** The number of a colour for a span. */
  slotOf(span) {
    const { open, colours } = this;
    if (colours) return colours.slot(colours.value[span]);
    return open.slots.get(open.trace.services[open.trace.service[span]]) ?? 0;
  }

  rewrite() {
    this.list.rewrite();
  }

  setZoom(zoom) {
    this.zoom = zoom;
    this.ruler.show(...zoom);
    this.list.rewrite();
  }

  /** @param {Map<number, HTMLElement>} details elements between the rows, by the span that they belong to */
  setDetails(details) {
    this.details = details;
    this.panels.disconnect();
    for (const element of details.values()) this.panels.observe(element);
    this.#placeDetails();
  }

  #placeDetails() {
    const blocks = [];
    for (const [span, element] of this.details) {
      const after = rowOf(this.rows, span);
      if (after >= 0) blocks.push({ after, element, height: element.offsetHeight });
    }
    blocks.sort((a, b) => a.after - b.after);
    if (blocks.length || this.list.blocks.length) this.list.setBlocks(blocks);
  }

  shows(span) {
    return rowOf(this.rows, span) >= 0;
  }

  select(span) {
    this.selected = span;
    this.list.rewrite();
  }

  /** Makes a span the active one and brings it into view, opening what hides it. */
  goTo(span, options = { centre: true }) {
    if (reveal(this.open.trace.parent, this.collapsed, span)) {
      this.refresh();
      this.#changed();
    }
    if (!this.shows(span)) this.dispatchEvent(new CustomEvent("unhide", { detail: span }));
    this.active = span;
    this.activeFold = null;
    const row = rowOf(this.rows, span);
    if (row >= 0) this.list.reveal(row, options);
    this.list.rewrite();
    this.#markActive();
  }

  /** The next row (by +1) or the one before (-1) whose bar reaches into the visible range. */
  step(by) {
    const { start, length } = this.open.trace;
    const [from, to] = this.zoom;
    for (let row = this.#activeRow() + by; row >= 0 && row < this.rows.length; row += by) {
      const span = this.rows[row];
      if (span >= 0 && start[span] <= to && start[span] + length[span] >= from) return this.#move(row);
    }
  }

  scrollBy(by) {
    this.list.scrollBy(by * this.list.visible * this.list.rowHeight);
  }

  #time(share) {
    return this.zoom[0] + share * (this.zoom[1] - this.zoom[0]);
  }

  #ask(range) {
    const detail = bounded(range, this.whole);
    this.dispatchEvent(new CustomEvent("zoom-range", { detail, bubbles: true }));
  }

  #drawLines() {
    const width = this.ruler.clientWidth;
    this.room = { width, beyond: this.head.clientWidth - width };
    this.classList.toggle("narrow-names", this.head.offsetLeft < NARROW_NAMES);
    const [from, to] = this.zoom;
    this.lines.replaceChildren(
      ...this.ruler.ticks.map((tick) => {
        const line = document.createElement("i");
        line.style.left = `${(100 * (tick - from)) / (to - from)}%`;
        return line;
      }),
    );
  }

  #hover(event) {
    const row = event?.target.closest?.("[role=row]")?.spanRow;
    const span = row?.span ?? -1;
    const box = event && this.ruler.getBoundingClientRect();
    const inside = box && event.clientX >= box.left && event.clientX <= box.right;
    this.cursor.hidden = !inside;
    if (inside) this.cursor.style.transform = `translateX(${event.clientX - this.getBoundingClientRect().left}px)`;
    if (span === this.hovered) return;
    row?.describe();
    this.hovered = span;
    const { size } = this.open.trace;
    for (const { element } of this.list.slots) {
      const at = element.spanRow.span;
      element.classList.toggle("below", span >= 0 && at > span && at < span + size[span]);
    }
  }

  #activeRow() {
    if (this.activeFold) return this.rows.indexOf(-1 - this.folds.indexOf(this.activeFold));
    return this.active >= 0 ? rowOf(this.rows, this.active) : -1;
  }

  #markActive() {
    const row = this.#activeRow();
    const element = row >= 0 ? this.list.element(row) : null;
    if (element) this.grid.setAttribute("aria-activedescendant", element.id);
    else this.grid.removeAttribute("aria-activedescendant");
    for (const slot of this.list.slots) slot.element.classList.toggle("active", slot.element === element);
  }

  #focus() {
    const row = this.#activeRow();
    if (row >= 0) this.list.reveal(row);
    this.#markActive();
  }

  #click(event) {
    const row = event.target.closest("[role=row]")?.spanRow;
    if (!row) return;
    if (row.fold) return this.#toggleFold(row.fold);
    if (event.target.closest(".twist")) return this.#toggle(row.span, undefined, event.shiftKey);
    const selection = getSelection();
    if (selection && !selection.isCollapsed && selection.containsNode(event.target, true)) return;
    this.goTo(row.span, {});
    this.#open();
  }

  #toggleFold(fold) {
    this.dispatchEvent(new CustomEvent("fold-toggle", { detail: fold }));
  }

  /** With `all`, the siblings too. */
  #toggle(span, to = !this.collapsed[span], all = false) {
    const { size, parent, count } = this.open.trace;
    if (size[span] === 1 || (!all && Boolean(this.collapsed[span]) === to)) return;
    this.collapsed[span] = to ? 1 : 0;
    const above = parent[span];
    if (all) {
      const end = above < 0 ? count : above + size[above];
      for (let i = above + 1; i < end; i += size[i]) if (size[i] > 1) this.collapsed[i] = to ? 1 : 0;
    }
    this.refresh();
    this.#changed();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.grid) return;
    const row = this.#activeRow();
    if (row < 0) return;
    const span = this.activeFold ? -1 : this.active;
    const last = this.rows.length - 1;
    const page = this.list.visible - 1;
    const isOpen = span >= 0 && this.open.trace.size[span] > 1 && !this.collapsed[span];
    const act = () => (this.activeFold ? this.#toggleFold(this.activeFold) : this.#open());
    const moves = {
      ArrowDown: () => this.#move(Math.min(last, row + 1)),
      ArrowUp: () => this.#move(Math.max(0, row - 1)),
      PageDown: () => this.#move(Math.min(last, row + page)),
      PageUp: () => this.#move(Math.max(0, row - page)),
      Home: () => this.#move(0),
      End: () => this.#move(last),
      ArrowRight: () => (span < 0 ? act() : isOpen ? this.#move(row + 1) : this.#toggle(span, false)),
      ArrowLeft: () => (isOpen ? this.#toggle(span, true) : this.#toParent(span)),
      Enter: act,
      " ": act,
      "*": () => span >= 0 && this.#toggle(span, false, true),
    };
    if (!Object.hasOwn(moves, event.key) || (event.shiftKey && event.key !== "*")) return;
    event.preventDefault();
    moves[event.key]();
  }

  #toParent(span) {
    const parent = span >= 0 ? this.open.trace.parent[span] : (this.activeFold?.parent ?? -1);
    if (parent >= 0) this.#move(rowOf(this.rows, parent));
  }

  #move(row) {
    if (row < 0 || row >= this.rows.length) return;
    if (this.rows[row] < 0) {
      this.activeFold = this.folds[-1 - this.rows[row]];
      this.list.reveal(row);
      this.#markActive();
      return;
    }
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

/** The rule of the address: which spans stay when short ones, services and what does not match are hidden. */
export function keepsRule(open, state, matches) {
  const { trace } = open;
  const least = state.under ? threshold(state.under, trace.duration) : NaN;
  const off = new Set(state.off);
  const hidden = trace.services.map((service) => off.has(service));
  const only = state.only && state.find ? matches : null;
  if (Number.isNaN(least) && off.size === 0 && !only) return null;
  return (span) =>
    !(trace.length[span] < least) && !hidden[trace.service[span]] && (!only || only[span] === 1);
}

customElements.define("trace-waterfall", Waterfall);
