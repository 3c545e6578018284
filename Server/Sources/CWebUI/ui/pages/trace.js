// One trace: header, overview, and the view of it that the address names. All of its state is in the address.

import { html } from "../draw/html.js";
import { formatDuration, shortID } from "../model/format.js";
import { decodeJaegerTrace } from "../model/jaeger-json.js";
import { formatTraceState, parseTraceState } from "../model/trace-state.js";
import { nameOf, rootOf, serviceOf } from "../model/trace.js";
import { ApiError } from "../state/api.js";
import { provide } from "../state/commands.js";
import { importedTrace } from "../state/imports.js";
import { navigate, remember } from "../state/navigation.js";
import { OpenTrace } from "../state/open-trace.js";
import { note } from "../state/recent.js";
import * as api from "../state/trace-api.js";
import { emptyNotice, errorNotice, loadingNotice, moduleNotice } from "../parts/notice.js";
import { copyLink, toast } from "../parts/toast.js";
import { text } from "../text/en.js";
import "../parts/trace-header.js";
import "../parts/trace-timeline.js";
import "../parts/trace-tools.js";

const FRESH = 10 * 60e6; // µs after its end during which a trace may still grow
const LOOK = 3000; // ms between looks whether it has

/** Element of each view, and where it comes from if it is not what every trace begins with. */
const ELEMENTS = {
  timeline: ["trace-timeline"],
  flame: ["flame-graph", () => import("../parts/flame-graph.js")],
  statistics: ["statistics-table", () => import("../parts/statistics-table.js")],
  spans: ["span-table", () => import("../parts/span-table.js")],
  graph: ["trace-graph", () => import("../parts/trace-graph.js")],
  logs: ["log-list", () => import("../parts/log-list.js")],
  json: ["json-view", () => import("../parts/json-view.js")],
};

/** Attributes that a view shows, by its state. */
const KEYS = {
  timeline: ({ by }) => [by],
  statistics: ({ group, within }) => [group, within],
  spans: ({ columns }) => columns,
};

class TracePage extends HTMLElement {
  #id = "";
  #open = null;
  #state = parseTraceState("");
  #asking = new AbortController();
  #timer = 0;
  #askedKeys = "";
  #release = () => {};

  connectedCallback() {
    this.#release = provide(this.#commands());
  }

  disconnectedCallback() {
    this.#release();
    this.#asking.abort();
    clearTimeout(this.#timer);
  }

  /** Shows an address of this page; a new address of the same trace does not load it again. */
  show({ argument, query }) {
    const skew = this.#state.skew;
    this.#state = parseTraceState(query);
    if (argument === this.#id && this.#open && skew === this.#state.skew) this.#present();
    else this.#load(argument);
  }

  async #load(id, { keep = false } = {}) {
    this.#asking.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#timer);
    const { signal } = this.#asking;
    this.#id = id;
    document.title = `${text.trace} ${shortID(id)} – ${text.product}`;
    if (!keep) {
      this.#open = null;
      this.replaceChildren(loadingNotice());
    }
    try {
      const open = await this.#read(id, signal);
      if (signal.aborted) return;
      this.#open = open;
    } catch (error) {
      if (error.name === "AbortError") return;
      return this.#fail(error, id);
    }
    this.#build();
    this.#present();
    this.#watch();
  }

  /** A small trace as a whole, a large one as its skeleton; one that was dropped here from where it lies. */
  async #read(id, signal) {
    const dropped = importedTrace(id);
    if (dropped) return new OpenTrace(decodeJaegerTrace(dropped.json), { stored: false });
    const { skew } = this.#state;
    const { buffer } = skew ? { buffer: null } : await api.columns(id, signal);
    const trace = buffer ? api.decodeColumns(buffer, id) : decodeJaegerTrace(await api.trace(id, { skew }, signal));
    return new OpenTrace(trace, { stored: true });
  }

  #fail(error, id) {
    const retry = () => this.#load(id);
    if (error.status !== 404) return this.replaceChildren(errorNotice(this.#asApiError(error), retry));
    const notice = emptyNotice(text.traceMissing, text.traceMissingHint);
    notice.append(html`<p><code>${id}</code></p>`);
    notice.append(html`<button type="button" @click="${retry}">${text.retry}</button>`);
    this.replaceChildren(notice);
  }

  /** What an answer said that could not be read is said in its place. */
  #asApiError(error) {
    return error instanceof ApiError ? error : new ApiError(`api/traces/${this.#id}`, 200, error.message);
  }

  #build() {
    const open = this.#open;
    const { trace } = open;
    this.header = html`<trace-header @share="${copyLink}" @archive="${() => this.#archive()}"
      @store="${() => this.#store()}"></trace-header>`;
    this.tools = html`<trace-tools
      @state-change="${(event) => this.#change(event.detail, { step: !("zoom" in event.detail) })}"
      @preference-change="${() => this.#present()}"></trace-tools>`;
    for (const name of ["expand-all", "collapse-all", "collapse-healthy", "collapse-off-path", "collapse-short"]) {
      this.tools.addEventListener(name, () => this.#timeline()?.fold(name));
    }
    this.news = html`<div class="trace-news" role="status" hidden></div>`;
    this.view = null;
    this.body = html`<div id="trace-view" role="tabpanel" aria-label="${text.traceView}"></div>`;
    this.replaceChildren(this.header, this.news, this.tools, this.body);
    this.header.show(open);
    const { find } = this.tools;
    find.addEventListener("find-text", () => this.#change({ find: find.value.trim() }));
    find.addEventListener("find-step", (event) => this.#timeline()?.stepMatch(event.detail));
    find.addEventListener("find-only", () => this.#change({ only: find.only.checked }, { step: true }));
    const name = trace.count ? `${serviceOf(trace, rootOf(trace))} ${nameOf(trace, rootOf(trace))}` : shortID(trace.id);
    document.title = `${name} ${formatDuration(trace.duration)} – ${text.product}`;
    if (open.stored) note("traces", `trace/${trace.id}`, name);
  }

  /** Puts on the screen what the address says. */
  #present() {
    const state = this.#state;
    const [tag, load] = ELEMENTS[state.view];
    if (!customElements.get(tag)) return this.#loadView(load);
    if (this.view?.localName !== tag) {
      this.view = document.createElement(tag);
      this.view.addEventListener("state-change", ({ detail: { step, ...change } }) => this.#change(change, { step }));
      this.view.addEventListener("go", (event) => this.#go(event.detail));
      this.view.addEventListener("found", (event) => this.#report(event.detail));
      this.body.replaceChildren(this.view);
      this.view.show(this.#open, state);
    } else {
      this.view.show(this.#open, state);
    }
    this.#showTools();
    this.#loadKeys();
  }

  /** What the view shows of attributes, if the trace is too large to have them here. */
  async #loadKeys() {
    const open = this.#open;
    const missing = KEYS[this.#state.view]?.(this.#state).filter((key) => key && !open.values(key)) ?? [];
    const asked = missing.join("\n");
    if (missing.length === 0 || asked === this.#askedKeys) return;
    this.#askedKeys = asked;
    try {
      for (const key of missing) await open.loadValues(key, this.#asking.signal);
      if (this.isConnected && open === this.#open) this.#present();
    } catch (error) {
      if (error.name !== "AbortError") this.#complain(error);
    } finally {
      this.#askedKeys = "";
    }
  }

  #complain(error) {
    this.news.hidden = false;
    const retry = () => {
      this.news.hidden = true;
      this.#present();
    };
    this.news.replaceChildren(errorNotice(this.#asApiError(error), retry));
  }

  async #loadView(load) {
    try {
      await load();
      if (this.isConnected && this.#open) this.#present();
    } catch (error) {
      this.body.replaceChildren(moduleNotice(error, () => location.reload()));
    }
  }

  #showTools() {
    this.tools.find.value = this.view.findText ?? this.#state.find;
    this.tools.show(this.#open, this.#state, this.view.hiddenCount ?? 0);
  }

  #report({ at, count, error }) {
    this.tools.find.complain(error ?? null);
    if (!error) this.tools.find.report(at, count);
    this.#showTools();
  }

  /** Changes the state and the address; the view shows it. */
  #change(change, { step = false, quiet = false } = {}) {
    const skew = this.#state.skew;
    this.#state = { ...this.#state, ...change };
    const query = formatTraceState(this.#state);
    remember(`trace/${this.#id}${query && `?${query}`}`, { step });
    if (this.#state.skew !== skew) this.#load(this.#id);
    else if (!quiet) this.#present();
  }

  /** To a span, in the timeline. */
  #go(span) {
    this.#change({ view: "timeline", selected: this.#open.trace.spanID(span) }, { step: true });
  }

  #timeline() {
    return this.view?.localName === ELEMENTS.timeline[0] ? this.view : null;
  }

  async #archive() {
    try {
      await api.archive(this.#id);
      toast(text.archived);
      this.header.keep.disabled = true;
    } catch (error) {
      toast(text.archiveFailed(error.message));
    }
  }

  async #store() {
    const { storeImported } = await import("../parts/drop-zone.js");
    if (await storeImported([this.#id])) navigate(`trace/${this.#id}`, { replace: true });
    this.#load(this.#id);
  }

  /** Looks whether a young trace has grown; what is new is shown when asked for, so that nothing moves by itself. */
  #watch() {
    const { trace, stored } = this.#open;
    clearTimeout(this.#timer);
    if (!stored || Date.now() * 1000 - (trace.startTime + trace.duration) > FRESH) return;
    this.#timer = setTimeout(async () => {
      if (document.visibilityState === "visible") {
        const count = await api.spanCount(this.#id, this.#asking.signal).catch(() => 0);
        if (!this.isConnected) return;
        if (count > trace.reported) this.#announce(count - trace.reported);
      }
      this.#watch();
    }, LOOK);
  }

  #announce(count) {
    this.news.hidden = false;
    this.news.replaceChildren(
      text.grows(count),
      html`<button type="button" class="as-link"
        @click="${() => this.#load(this.#id, { keep: true })}">${text.loadNew}</button>`,
    );
  }

  #commands() {
    const timeline = (act) => () => this.#timeline() && act(this.#timeline());
    const view = (name) => () => this.#open && this.#change({ view: name }, { step: true });
    return {
      "trace.scroll-down": timeline((view) => view.waterfall.scrollBy(0.6)),
      "trace.scroll-up": timeline((view) => view.waterfall.scrollBy(-0.6)),
      "trace.next-span": timeline((view) => view.waterfall.step(1)),
      "trace.previous-span": timeline((view) => view.waterfall.step(-1)),
      "trace.pan-left": timeline((view) => view.pan(-0.1)),
      "trace.pan-left-far": timeline((view) => view.pan(-0.5)),
      "trace.pan-right": timeline((view) => view.pan(0.1)),
      "trace.pan-right-far": timeline((view) => view.pan(0.5)),
      "trace.zoom-in": timeline((view) => view.zoomBy(1 / 1.25)),
      "trace.zoom-in-far": timeline((view) => view.zoomBy(1 / 2.5)),
      "trace.zoom-out": timeline((view) => view.zoomBy(1.25)),
      "trace.zoom-out-far": timeline((view) => view.zoomBy(2.5)),
      "trace.collapse-all": timeline((view) => view.fold("collapse-all")),
      "trace.expand-all": timeline((view) => view.fold("expand-all")),
      "trace.collapse-level": timeline((view) => view.fold("collapse-level")),
      "trace.expand-level": timeline((view) => view.fold("expand-level")),
      "trace.find": () => this.tools?.find.focus(),
      "trace.clear": () => this.#open && this.#change({ find: "", only: false, selected: "", open: [] },
        { step: true }),
      "trace.zoom-reset": timeline(() => this.#change({ zoom: null })),
      "trace.next-match": timeline((view) => view.stepMatch(1)),
      "trace.previous-match": timeline((view) => view.stepMatch(-1)),
      "trace.matches-only": timeline(() => this.#change({ only: !this.#state.only }, { step: true })),
      "trace.critical-path": timeline(() => this.#change({ path: !this.#state.path })),
      "trace.group-repeats": timeline(() => this.#change({ repeats: !this.#state.repeats }, { step: true })),
      "trace.timeline": view("timeline"),
      "trace.flame": view("flame"),
      "trace.statistics": view("statistics"),
      "trace.spans": view("spans"),
      "trace.graph": view("graph"),
      "trace.logs": view("logs"),
      "trace.json": view("json"),
      "trace.compare": () => navigate(`compare?a=${this.#id}`),
    };
  }
}

customElements.define("trace-page", TracePage);
