// One trace: header, overview, waterfall, and the span that is open. All of its state is in the address.

import { html } from "../draw/html.js";
import { colourSlots } from "../model/colour.js";
import { findSpans } from "../model/find.js";
import { formatDuration, shortID } from "../model/format.js";
import { decodeJaegerTrace } from "../model/jaeger-json.js";
import { collapseFrom, decodeCollapsed, encodeCollapsed } from "../model/rows.js";
import { spanNumber } from "../model/trace.js";
import { formatTraceState, parseTraceState } from "../model/url-state.js";
import * as api from "../state/api.js";
import { remember } from "../state/navigation.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { text } from "../text/en.js";
import "../parts/mini-map.js";
import "../parts/span-detail.js";
import "../parts/trace-header.js";
import "../parts/waterfall.js";

class TracePage extends HTMLElement {
  #id = "";
  #trace = null;
  #slots = new Map();
  #state = parseTraceState("");
  #collapsed = new Uint8Array(0);
  #found = new Int32Array(0);
  #at = -1;
  #asking = new AbortController();

  constructor() {
    super();
    this.addEventListener("zoom-range", (event) => this.#zoom(event.detail));
  }

  disconnectedCallback() {
    this.#asking.abort();
  }

  /** Shows an address of this page; a new address of the same trace does not load it again. */
  show({ argument, query }) {
    this.#state = parseTraceState(query);
    if (argument === this.#id && this.#trace) this.#restore();
    else this.#load(argument);
  }

  async #load(id) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#id = id;
    this.#trace = null;
    document.title = `${text.trace} ${shortID(id)} – ${text.product}`;
    this.replaceChildren(loadingNotice());
    try {
      const json = await api.trace(id, signal);
      if (signal.aborted) return;
      this.#trace = decodeJaegerTrace(json);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof api.ApiError)) throw error;
      const retry = () => this.#load(id);
      if (error.status !== 404) return this.replaceChildren(errorNotice(error, retry));
      const notice = emptyNotice(text.traceMissing, text.traceMissingHint);
      notice.append(html`<p><code>${id}</code></p>`);
      notice.append(html`<button type="button" @click="${retry}">${text.retry}</button>`);
      return this.replaceChildren(notice);
    }
    this.#build();
    this.#restore();
  }

  #build() {
    const trace = this.#trace;
    this.#slots = colourSlots(trace.services);
    this.header = html`<trace-header @zoom-reset="${() => this.#zoom(null)}"
      @expand-all="${() => this.#fold(Infinity)}" @collapse-all="${() => this.#fold(0)}"></trace-header>`;
    this.map = html`<mini-map></mini-map>`;
    this.waterfall = html`<trace-waterfall @span-open="${(event) => this.#open(event.detail)}"
      @span-active="${(event) => this.#follow(event.detail)}"
      @collapse-change="${() => this.#rememberFolds()}"></trace-waterfall>`;
    this.detail = html`<span-detail hidden @close="${() => this.#close()}"
      @span-go="${(event) => this.#go(event.detail)}"></span-detail>`;
    this.replaceChildren(
      this.header,
      this.map,
      html`<div class="trace-body">${this.waterfall}${this.detail}</div>`,
    );
    this.header.show(trace);
    this.header.find.addEventListener("find-text", () => this.#find(this.header.find.value, true));
    this.header.find.addEventListener("find-step", (event) => this.#step(event.detail));
    const name = trace.count ? `${trace.services[trace.service[0]]} ${trace.names[trace.name[0]]}` : shortID(trace.id);
    document.title = `${name} ${formatDuration(trace.duration)} – ${text.product}`;
  }

  /** Puts on the screen what the address says. */
  #restore() {
    const trace = this.#trace;
    const { find, selected, zoom, collapsed } = this.#state;
    this.#collapsed = decodeCollapsed(collapsed, trace.count);
    this.map.show(trace, this.#slots, this.#range(zoom));
    this.waterfall.show(trace, this.#slots, this.#collapsed, this.#range(zoom));
    this.header.reset.hidden = !zoom;
    // A span id in uiFind, as in Jaeger's deep links, is a place to go and not a text to look for.
    const linked = find && /^[0-9a-f]{1,16}$/i.test(find) ? spanNumber(trace, find) : -1;
    this.header.find.value = linked < 0 ? find : "";
    this.#find(linked < 0 ? find : "", false);
    const open = selected ? spanNumber(trace, selected) : -1;
    if (open >= 0) {
      // What is folded away in the link stays so; its panel is open all the same.
      if (this.waterfall.shows(open)) this.waterfall.goTo(open);
      this.#open(open, false);
    } else if (linked >= 0) {
      this.#go(linked);
    } else {
      this.#hideDetail();
    }
  }

  /** The range to show: at least a microsecond, at most the whole trace. */
  #range(zoom) {
    const whole = Math.max(1, this.#trace.duration);
    if (!zoom) return [0, whole];
    const from = Math.max(0, Math.min(zoom[0], whole - 1));
    return [from, Math.min(whole, Math.max(zoom[1], from + 1))];
  }

  #remember(change, step = false) {
    this.#state = { ...this.#state, ...change };
    const query = formatTraceState(this.#state);
    remember(`trace/${this.#id}${query && `?${query}`}`, { step });
  }

  #zoom(range) {
    const [from, to] = this.#range(range);
    const zoomed = from > 0 || to < this.#trace.duration;
    this.map.zoom([from, to]);
    this.waterfall.setZoom([from, to]);
    this.header.reset.hidden = !zoomed;
    this.#remember({ zoom: zoomed ? [from, to] : null });
  }

  #fold(depth) {
    collapseFrom(this.#trace, this.#collapsed, depth);
    this.waterfall.refresh();
    this.#rememberFolds();
  }

  #rememberFolds() {
    this.#remember({ collapsed: encodeCollapsed(this.#collapsed) });
  }

  #go(span) {
    this.waterfall.goTo(span);
    this.#open(span, false);
  }

  #open(span, step = true) {
    this.detail.hidden = false;
    this.detail.show(this.#trace, span, this.#slots);
    this.waterfall.select(span);
    const find = this.#found.length ? this.#state.find : "";
    this.#remember({ selected: this.#trace.spanIDs[span], find }, step);
  }

  /** The open panel follows the keys; a closed one stays closed. */
  #follow(span) {
    if (!this.detail.hidden) this.#open(span, false);
  }

  #close() {
    this.#hideDetail();
    this.#remember({ selected: "" }, true);
    this.waterfall.grid.focus();
  }

  #hideDetail() {
    this.detail.hidden = true;
    this.waterfall.select(-1);
  }

  #find(wanted, typed) {
    this.#found = findSpans(this.#trace, wanted);
    this.#at = -1;
    this.waterfall.setMatches(this.#found);
    if (typed) this.#remember({ find: wanted.trim() });
    if (typed && this.#found.length) this.#step(1);
    else this.header.find.report(0, this.#found.length);
  }

  #step(by) {
    const count = this.#found.length;
    if (count === 0) return;
    this.#at = this.#at < 0 ? (by > 0 ? 0 : count - 1) : (this.#at + by + count) % count;
    const span = this.#found[this.#at];
    this.waterfall.goTo(span);
    this.#follow(span);
    this.header.find.report(this.#at + 1, count);
  }
}

customElements.define("trace-page", TracePage);
