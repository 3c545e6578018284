// Two traces beside each other, one against what is usual for its kind, or two searches: what changed?

import { html } from "../draw/html.js";
import { colourSlots } from "../model/colour.js";
import { mergeFlames, pickNodes, readSearch, readTraceID } from "../model/compared.js";
import { formatDuration, shortID } from "../model/format.js";
import { ApiError } from "../state/api.js";
import { navigate, remember } from "../state/navigation.js";
import * as api from "../state/trace-api.js";
import { changeBar, compareTable } from "../parts/compare-table.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { comparedFlames } from "../parts/compared-flames.js";
import { comparedTree } from "../parts/compared-tree.js";
import { outlierList } from "../parts/outlier-list.js";
import { text } from "../text/en.js";

const MOST_TREE = 150;
const MOST_ROWS = 2000;

class ComparePage extends HTMLElement {
  #state = {};
  #data = null;
  #asked = "";
  #asking = new AbortController();

  disconnectedCallback() {
    this.#asking.abort();
  }

  show({ argument, query }) {
    const params = new URLSearchParams(query);
    const [a, b] = argument ? argument.split("...") : [params.get("a") ?? "", params.get("b") ?? ""];
    this.#state = {
      a: readTraceID(a),
      b: readTraceID(b),
      before: params.get("before") ?? "",
      after: params.get("after") ?? "",
      by: ["duration", "structure"].find((by) => by === params.get("by")) ?? "",
      only: params.get("only") === "1",
    };
    document.title = `${text.compare} – ${text.product}`;
    this.#frame(!argument && params.has("a") && !params.has("b") && !params.has("usual"));
    const { before, after } = this.#state;
    const asked = JSON.stringify([this.#state.a, this.#state.b, before, after, argument]);
    if (before && after) this.#ask(asked, (signal) => searches(before, after, signal));
    else if (this.#state.a && this.#state.b) this.#ask(asked, (signal) => api.compare(this.#state.a, this.#state.b,
      signal));
    else if (this.#state.a && (argument || params.has("usual"))) {
      this.#ask(asked, (signal) => api.against(this.#state.a, "", signal));
    } else this.body.replaceChildren();
  }

  #frame(focus) {
    const field = (name, label, hint) => html`<label class="field"><span>${label}</span>
      <input name="${name}" type="text" spellcheck="false" autocomplete="off" value="${this.#state[name]}"
        placeholder="${hint}"></label>`;
    const swap = () => this.#go({ ...this.#state, a: this.#state.b, b: this.#state.a });
    this.form = html`<form class="compare-form" @submit="${(event) => this.#submit(event)}">
      ${field("a", text.traceA, text.traceIDHint)}
      <button type="button" class="quiet" aria-label="${text.swap}" title="${text.swap}" @click="${swap}">⇄</button>
      ${field("b", text.traceB, text.usualHint)}
      <button type="submit" class="primary">${text.compare}</button></form>`;
    this.searches = html`<form class="compare-form" @submit="${(event) => this.#submitSearches(event)}">
      ${field("before", text.searchA, text.searchExample)}
      ${field("after", text.searchB, text.searchExample)}
      <button type="submit">${text.compare}</button></form>`;
    const isSearch = Boolean(this.#state.before || this.#state.after);
    this.body = html`<section class="compare-body" aria-live="polite"></section>`;
    this.replaceChildren(html`<section class="compare-head" aria-label="${text.compare}"><h1>${text.compare}</h1>
      <p class="dim">${text.compareLead}</p>${this.form}
      <details open="${isSearch}"><summary>${text.searches}</summary>${this.searches}</details></section>`, this.body);
    if (focus) this.form.elements.b.focus();
  }

  #submit(event) {
    event.preventDefault();
    const { a, b } = this.form.elements;
    this.#go({ ...this.#state, a: readTraceID(a.value), b: readTraceID(b.value) });
  }

  #go({ a, b }) {
    if (a) navigate(`trace/${a}...${b}`);
    else this.form.elements.a.focus();
  }

  #submitSearches(event) {
    event.preventDefault();
    const { before, after } = this.searches.elements;
    const query = new URLSearchParams({ before: readSearch(before.value), after: readSearch(after.value) });
    navigate(`compare?${query}`);
  }

  async #ask(asked, question) {
    if (asked === this.#asked && this.#data) return this.#present();
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#asked = asked;
    this.#data = null;
    this.body.replaceChildren(loadingNotice());
    try {
      this.#data = await question(signal);
      if (!signal.aborted) this.#present();
    } catch (error) {
      if (error.name === "AbortError" || signal.aborted) return;
      this.#data = null; // what cannot be shown is asked for again
      const shown = error instanceof ApiError ? error : new ApiError("api/compare", 200, error.message);
      this.body.replaceChildren(errorNotice(shown, () => this.#ask(asked, question)));
    }
  }

  #present() {
    const data = this.#data;
    const slots = colourSlots(data.nodes.map((node) => node.service));
    if (data.baseline) this.#presentUsual(data, slots);
    else if (data.outliers) this.#presentSearches(data, slots);
    else this.#presentTwo(data, slots);
  }

  #bar(...rest) {
    // Two searches are told apart by time first: that is what their flame graphs show.
    const now = this.#state.by || (this.#data.outliers ? "duration" : "structure");
    const mode = (by, label) => html`<button type="button" role="radio" aria-checked="${String(now === by)}"
      @click="${() => this.#set({ by })}">${label}</button>`;
    return html`<div class="view-bar"><span class="segmented" role="radiogroup" aria-label="${text.compare}">
        ${mode("structure", text.modes.structure)}${mode("duration", text.modes.duration)}</span>
      <label class="check"><input type="checkbox" .checked="${this.#state.only}"
        @change="${(event) => this.#set({ only: event.target.checked })}"> ${text.onlyChanges}</label>${rest}</div>`;
  }

  #set(change) {
    this.#state = { ...this.#state, ...change };
    const url = new URL(location.href);
    for (const name of ["by", "only"]) url.searchParams.delete(name);
    if (this.#state.by) url.searchParams.set("by", this.#state.by);
    if (this.#state.only) url.searchParams.set("only", "1");
    remember(url.href);
    this.#present();
  }

  #presentTwo({ a, b, nodes, differences }, slots) {
    const byTime = this.#state.by === "duration";
    const changed = (node) => (byTime ? Math.abs(node.selfDelta) >= 1 : node.change !== "same");
    const shown = this.#state.only ? pickNodes(nodes, changed) : nodes;
    const most = nodes.reduce((most, node) => Math.max(most, Math.abs(node.totalDelta)), 1);
    const side = (pick) => (node) => pick(node.a ?? NONE, node.b ?? NONE);
    const columns = byTime
      ? [
          { label: `${text.total} A`, show: side((one) => time(one.total)) },
          { label: `${text.total} B`, show: side((_, two) => time(two.total)) },
          { label: text.delta, show: (node) => changeBar(signed(node.totalDelta), node.totalDelta / most) },
          { label: `${text.ownTimeTitle} ${text.delta}`, show: (node) => signed(node.selfDelta) },
        ]
      : [
          { label: `${text.count} A`, show: side((one) => one.count || "") },
          { label: `${text.count} B`, show: side((_, two) => two.count || "") },
          { label: text.delta, show: (node) => text.changes[node.change] },
          { label: `${text.errorsTitle} A`, show: side((one) => one.errors || "") },
          { label: `${text.errorsTitle} B`, show: side((_, two) => two.errors || "") },
        ];
    this.body.replaceChildren(
      html`<div class="compare-pair">${traceCard("A", a)}${traceCard("B", b)}</div>`,
      this.#bar(html`<span class="dim">${text.differences(differences)}</span>`),
      comparedTree(shown.slice(0, MOST_TREE), slots, byTime ? (node) => node.totalDelta : null),
      compareTable(shown.slice(0, MOST_ROWS), slots, columns),
    );
  }

  #presentUsual({ trace, baseline, findings, nodes }, slots) {
    const list = findings.length
      ? html`<ul class="findings">${findings.map((one) => html`<li class="${one.kind}">${one.message}</li>`)}</ul>`
      : html`<p class="dim">${text.noFindings}</p>`;
    const odd = new Set(findings.map((one) => one.node));
    const shown = this.#state.only ? pickNodes(nodes, (node) => odd.has(node.id)) : nodes;
    const percent = (share) => (share === null || share === undefined ? "" : `${Math.round(share * 100)} %`);
    const usual = (label, read) => ({ label: `${text.usualTime}: ${label}`, show: (node) => node.baseline
      ? read(node.baseline) : "" });
    const columns = this.#state.by === "duration"
      ? [
          { label: text.total, show: (node) => time(node.trace?.total) },
          usual("p50", ({ total }) => time(total.p50)),
          usual("p95", ({ total }) => time(total.p95)),
          { label: text.ownTimeTitle, show: (node) => time(node.trace?.self) },
          usual(`${text.ownTimeTitle} p50`, ({ self }) => time(self.p50)),
          { label: text.rank, show: (node) => percent(node.rank) },
        ]
      : [
          { label: text.count, show: (node) => node.trace?.count ?? "" },
          usual(text.count, ({ countPerTrace }) => countPerTrace.toFixed(1)),
          usual(text.shareOfTraces, ({ share }) => percent(share)),
          { label: text.errorsTitle, show: (node) => node.trace?.errors || "" },
          usual(text.errorsTitle, ({ errors }) => errors || ""),
        ];
    this.body.replaceChildren(
      html`<div class="compare-pair">${traceCard("A", trace)}
        <div class="trace-card"><h2>${text.usualTime}</h2><p>${text.baselineOf(baseline.traces)}</p></div></div>`,
      html`<section class="compare-findings"><h2>${text.findings}</h2>${list}</section>`,
      this.#bar(),
      compareTable(shown.slice(0, MOST_ROWS), slots, columns),
    );
  }

  #presentSearches({ a, b, nodes, outliers }, slots) {
    const most = nodes.reduce((most, node) => Math.max(most, Math.abs(node.delta)), 1);
    const byTime = this.#state.by !== "structure";
    const changed = (node) => (byTime ? Math.abs(node.delta) > most / 50 : node.change !== "same");
    const shown = this.#state.only ? pickNodes(nodes, changed) : nodes;
    const per = (node, traces) => (node ? formatDuration(node.self / Math.max(1, traces)) : "");
    if (nodes.length === 0) return this.body.replaceChildren(emptyNotice(text.searches, text.nothing));
    const columns = [
      { label: `${text.searchA}: ${text.count}`, show: (node) => node.a?.count ?? "" },
      { label: `${text.searchB}: ${text.count}`, show: (node) => node.b?.count ?? "" },
      { label: `${text.searchA}: ${text.ownTimeTitle}`, show: (node) => per(node.a, a.traces) },
      { label: `${text.searchB}: ${text.ownTimeTitle}`, show: (node) => per(node.b, b.traces) },
      { label: text.delta, show: (node) => changeBar(signed(node.delta), node.delta / most) },
    ];
    const sides = [
      { label: text.searchA, side: "a", traces: a.traces }, { label: text.searchB, side: "b", traces: b.traces },
    ];
    const card = (label, flame) => html`<div class="trace-card"><h2>${label}</h2><p>${text.traces(flame.traces)},
      ${text.spans(flame.spans)}</p></div>`;
    this.body.replaceChildren(
      html`<div class="compare-pair">${card(text.searchA, a)}${card(text.searchB, b)}</div>`,
      this.#bar(),
      byTime ? comparedFlames(shown, sides, slots) : comparedTree(shown.slice(0, MOST_TREE), slots, null),
      compareTable(shown.slice(0, MOST_ROWS), slots, columns),
      outlierList(outliers),
    );
  }
}

const NONE = Object.freeze({ count: 0, errors: 0, total: 0, self: 0 });
const time = (micros) => (micros ? formatDuration(micros) : "");

function signed(micros) {
  if (Math.abs(micros) < 0.001) return "";
  return `${micros > 0 ? "+" : "−"}${formatDuration(Math.abs(micros))}`;
}

function traceCard(label, trace) {
  return html`<div class="trace-card"><h2>${label}: <a href="trace/${trace.traceID}">${trace.rootService}
      ${trace.rootOperation || text.unnamed} <code>${shortID(trace.traceID)}</code></a></h2>
    <p>${formatDuration(trace.duration)}, ${text.spans(trace.spanCount)}${trace.errorCount
      ? `, ${text.errors(trace.errorCount)}` : ""}</p></div>`;
}

/** Both flame graphs, one over the other, and what tells the two sets apart. */
async function searches(before, after, signal) {
  const baseline = new URLSearchParams([...new URLSearchParams(before)].map(([key, value]) => [`baseline.${key}`,
    value]));
  const [a, b, outliers] = await Promise.all([
    api.flameGraph(before, signal),
    api.flameGraph(after, signal),
    api.outliers(`${after}&${baseline}`, signal),
  ]);
  return { a, b, nodes: mergeFlames(a, b), outliers };
}

customElements.define("compare-page", ComparePage);
