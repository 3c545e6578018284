// The timeline of a trace: overview, waterfall, and the spans that are open, at the side or between the rows.

import { afterPaint } from "../draw/after-paint.js";
import { html } from "../draw/html.js";
import { collapseFrom, collapseLevel, collapseWhere } from "../model/rows.js";
import { decodeCollapsed, decodeSet, encodeCollapsed, encodeSet } from "../model/span-sets.js";
import { ERROR, spanNumber } from "../model/trace.js";
import { bounded, isWhole, panned, zoomed } from "../model/zoom.js";
import { config } from "../state/config.js";
import { embed } from "../state/embed.js";
import { navigate } from "../state/navigation.js";
import { preference } from "../state/preferences.js";
import "./mini-map.js";
import "./span-detail.js";
import { keepsRule } from "./waterfall.js";

const NOTHING = new Int32Array(0);
const LARGE = 20_000; // spans from which the critical path waits until the rows are on the screen

class TraceTimeline extends HTMLElement {
  #open = null;
  #state = {};
  #collapsed = new Uint8Array(0);
  #revealed = new Uint8Array(0);
  #unfolded = new Uint8Array(0);
  #found = NOTHING;
  #asked = null; // the text that was looked for last
  #at = -1;
  #turn = 0;
  #wantsPath = false;
  #panels = new Map();
  hiddenCount = 0;
  findText = undefined;

  connectedCallback() {
    if (this.waterfall) return;
    this.map = html`<mini-map hidden="${embed.hideMinimap}"></mini-map>`;
    this.waterfall = html`<trace-waterfall @span-open="${(event) => this.#openSpan(event.detail)}"
      @span-active="${(event) => this.#follow(event.detail)}"
      @fold-toggle="${(event) => this.#toggleFold(event.detail)}"
      @unhide="${() => this.#change({ only: false, under: "", off: [] })}"
      @collapse-change="${() => this.#rememberFolds()}"></trace-waterfall>`;
    this.detail = html`<span-detail hidden @close="${() => this.#close()}"></span-detail>`;
    this.replaceChildren(this.map, html`<div class="trace-body">${this.waterfall}${this.detail}</div>`);
    this.addEventListener("zoom-range", (event) => this.#zoom(event.detail));
    this.addEventListener("span-go", (event) => this.#goTo(event.detail));
    this.addEventListener("value-act", (event) => this.#valueAct(event.detail));
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state) {
    const before = open === this.#open ? this.#state : null;
    this.#state = state;
    const range = bounded(state.zoom, Math.max(1, open.trace.duration));
    if (!before) this.#begin(open, range);
    const changed = (...names) => !before || names.some((name) => String(before[name]) !== String(state[name]));
    this.#wantsPath = state.path && config().criticalPathEnabled !== false;
    this.waterfall.showPath = this.#wantsPath && (Boolean(before) || open.trace.count < LARGE);
    if (this.#wantsPath && !this.waterfall.showPath) this.#drawPathSoon(open);
    this.waterfall.showPills = preference("pills", "on") === "on";
    this.waterfall.colours = state.by ? open.values(state.by) : null;
    if (changed("collapsed", "revealed", "unfolded")) this.#readFolds();
    if (changed("zoom")) this.#showZoom(range);
    if (changed("find")) this.#find();
    else if (changed("collapsed", "revealed", "unfolded", "under", "off", "only", "repeats")) this.#thin();
    if (before && !changed("zoom", "find")) this.waterfall.rewrite();
    if (changed("selected", "open")) this.#showDetails(!before);
  }

  #drawPathSoon(open) {
    afterPaint(() => {
      if (!this.isConnected || open !== this.#open) return;
      this.waterfall.showPath = this.#wantsPath;
      this.waterfall.rewrite();
    });
  }

  #begin(open, range) {
    this.#open = open;
    this.#readFolds();
    this.waterfall.show(open, this.#collapsed);
    this.map.show(open, range);
    this.#asked = null;
  }

  #readFolds() {
    const { trace } = this.#open;
    this.#collapsed = decodeCollapsed(trace, this.#state.collapsed);
    this.#revealed = decodeSet(this.#state.revealed, trace.count);
    this.#unfolded = decodeSet(this.#state.unfolded, trace.count);
    this.waterfall.collapsed = this.#collapsed;
  }

  #change(change, step = false) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: { ...change, step } }));
  }

  // Zoom

  #showZoom(range) {
    this.map.zoom(range);
    this.waterfall.setZoom(range);
  }

  #zoom(range) {
    const { duration } = this.#open.trace;
    const next = bounded(range, Math.max(1, duration));
    this.#change({ zoom: isWhole(next, duration) ? null : next });
  }

  pan(share) {
    this.#zoom(panned(this.waterfall.zoom, share, this.waterfall.whole));
  }

  zoomBy(factor) {
    this.#zoom(zoomed(this.waterfall.zoom, factor, this.waterfall.whole));
  }

  // What has a row

  #thin() {
    const keeps = keepsRule(this.#open, this.#state, this.waterfall.matches);
    this.waterfall.setView({
      keeps,
      repeats: this.#state.repeats,
      revealed: this.#revealed,
      unfolded: this.#unfolded,
    });
    this.hiddenCount = this.waterfall.folds
      .filter((fold) => fold.kind === "hidden")
      .reduce((sum, fold) => sum + fold.count, 0);
  }

  #toggleFold(fold) {
    if (fold.kind === "repeats") {
      this.#unfolded[fold.leader] ^= 1;
      this.#change({ unfolded: encodeSet(this.#unfolded) });
    } else {
      this.#revealed[Math.max(0, fold.parent)] = 1;
      this.#change({ revealed: encodeSet(this.#revealed) });
    }
  }

  /** Folds or unfolds many at once: all, a level, or by a rule. */
  fold(how) {
    const { trace, below } = this.#open;
    const hasError = (i) => below[i] > 0 || (trace.flags[i] & ERROR) !== 0;
    const short = trace.duration / 100;
    const rules = {
      "expand-all": () => collapseFrom(trace, this.#collapsed, Infinity),
      "collapse-all": () => collapseFrom(trace, this.#collapsed, 0),
      "expand-level": () => collapseLevel(trace, this.#collapsed, 1),
      "collapse-level": () => collapseLevel(trace, this.#collapsed, -1),
      "collapse-healthy": () => collapseWhere(trace, this.#collapsed, (i) => trace.depth[i] > 0 && !hasError(i)),
      "collapse-off-path": () =>
        collapseWhere(trace, this.#collapsed, (i) => trace.depth[i] > 0 && !this.#open.critical.onPath[i]),
      "collapse-short": () => collapseWhere(trace, this.#collapsed, (i) => trace.length[i] < short),
    };
    rules[how]();
    this.waterfall.refresh();
    this.#rememberFolds();
  }

  #rememberFolds() {
    const collapsed = encodeCollapsed(this.#open.trace, this.#collapsed);
    this.#state = { ...this.#state, collapsed };
    this.#change({ collapsed });
  }

  // Find

  async #find() {
    const { find } = this.#state;
    const turn = ++this.#turn;
    const { trace } = this.#open;
    const first = this.#asked === null;
    // A span id in uiFind, as in Jaeger's deep links, is a place to go and not a text to look for.
    const linked = first && /^[0-9a-f]{1,16}$/i.test(find) ? spanNumber(trace, find) : -1;
    this.findText = linked < 0 ? undefined : "";
    this.#asked = find;
    let found = NOTHING;
    let error = null;
    try {
      const answer = linked < 0 ? this.#open.find(find) : NOTHING;
      found = answer instanceof Promise ? await answer : answer;
    } catch (problem) {
      if (problem.position === undefined && problem.asked === undefined) throw problem;
      error = problem;
    }
    if (turn !== this.#turn) return;
    this.#found = found;
    this.#at = -1;
    this.waterfall.matches = find.trim() === "" ? null : marked(found, trace.count);
    this.#thin();
    if (linked >= 0) this.#goTo(linked, false);
    else if (!first && found.length) this.stepMatch(1);
    this.#report(error);
  }

  #report(error = null) {
    const detail = { at: this.#at + 1, count: this.#found.length, error };
    queueMicrotask(() => this.dispatchEvent(new CustomEvent("found", { detail })));
  }

  stepMatch(by) {
    const count = this.#found.length;
    if (count === 0) return;
    this.#at = this.#at < 0 ? (by > 0 ? 0 : count - 1) : (this.#at + by + count) % count;
    const span = this.#found[this.#at];
    this.waterfall.goTo(span);
    this.#follow(span);
    this.#report();
  }

  // The spans that are open

  get #inline() {
    const usual = config().traceTimeline?.defaultDetailPanelMode === "inline" ? "inline" : "side";
    return preference("detail", usual) === "inline";
  }

  #openSpan(span) {
    const id = this.#open.trace.spanID(span);
    if (!this.#inline) return this.#change({ selected: id, open: [] }, true);
    const open = this.#state.open.filter((other) => other !== id);
    this.#change({ selected: "", open: open.length < this.#state.open.length ? open : [...open, id] }, true);
  }

  /** The open panel follows the keys; a closed one stays closed. */
  #follow(span) {
    if (!this.detail.hidden) this.#change({ selected: this.#open.trace.spanID(span) });
  }

  #close() {
    this.#change({ selected: "" }, true);
    this.waterfall.grid.focus();
  }

  #goTo(span, open = true) {
    this.waterfall.goTo(span);
    if (open || !this.#inline) this.#change({ selected: this.#open.trace.spanID(span) });
    else this.#openSpan(span);
  }

  #showDetails(first) {
    const { trace } = this.#open;
    const selected = this.#state.selected ? spanNumber(trace, this.#state.selected) : -1;
    this.detail.hidden = selected < 0;
    this.waterfall.select(selected);
    if (selected >= 0) {
      this.detail.show(this.#open, selected);
      // What is folded away in a link stays so; its panel is open all the same.
      const elsewhere = first || selected !== this.waterfall.active;
      if (elsewhere && this.waterfall.shows(selected)) this.waterfall.goTo(selected);
    }
    this.#showInline();
  }

  #showInline() {
    const { trace } = this.#open;
    const wanted = new Set(this.#state.open.map((id) => spanNumber(trace, id)).filter((span) => span >= 0));
    for (const span of this.#panels.keys()) if (!wanted.has(span)) this.#panels.delete(span);
    for (const span of wanted) {
      if (this.#panels.has(span)) continue;
      const panel = html`<span-detail class="inline" @close="${() => this.#openSpan(span)}"></span-detail>`;
      this.#panels.set(span, panel);
      this.waterfall.body.append(panel);
      panel.show(this.#open, span);
    }
    this.waterfall.setDetails(this.#panels);
  }

  /** Filter by a value, leave it out, or search other traces for it. */
  #valueAct({ name, attribute, level }) {
    const { key, value } = attribute;
    const plain = typeof value === "string" ? JSON.stringify(value) : String(value);
    const field = `${level}.${/^[\w.-]+$/.test(key) ? key : JSON.stringify(key)}`;
    if (name === "search-by") {
      const query = new URLSearchParams({ q: `{ ${field} = ${plain} }`, lookback: "1h" });
      return navigate(`search?${query}`);
    }
    this.#change({ find: `{ ${field} ${name === "filter-by" ? "=" : "!="} ${plain} }`, only: true, revealed: "" },
      true);
  }
}

function marked(spans, count) {
  const marks = new Uint8Array(count);
  for (const span of spans) marks[span] = 1;
  return marks;
}

customElements.define("trace-timeline", TraceTimeline);
