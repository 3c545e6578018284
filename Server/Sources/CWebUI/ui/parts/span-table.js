// All spans of a trace as a table: sorted by any column, narrowed by the same words and queries as the timeline.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { ERROR, KINDS, MISSING } from "../model/trace.js";
import { text } from "../text/en.js";
import "./sort-table.js";

class SpanTable extends HTMLElement {
  #turn = 0;

  connectedCallback() {
    if (this.table) return;
    this.status = html`<div class="view-bar" role="status"></div>`;
    this.table = document.createElement("sort-table");
    this.table.label = text.traceViews.spans;
    this.table.pick = (span) => this.dispatchEvent(new CustomEvent("go", { detail: span }));
    this.table.addEventListener("sort-change", (event) =>
      this.dispatchEvent(new CustomEvent("state-change", { detail: { sort: event.detail } })));
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  async show(open, state) {
    const turn = ++this.#turn;
    const { trace } = open;
    let spans = null;
    let error = null;
    if (state.find) {
      try {
        spans = [...(await open.find(state.find))];
      } catch (problem) {
        error = problem;
        spans = [];
      }
      if (turn !== this.#turn || !this.isConnected) return;
    }
    spans ??= Array.from({ length: trace.count }, (_, i) => i).filter((i) => !(trace.flags[i] & MISSING));
    this.table.columns = columns(open);
    if (!this.table.isConnected) this.replaceChildren(this.status, this.table);
    this.status.textContent = text.spansShown(spans.length, trace.spans);
    this.table.show(spans, state.sort || "-start");
    this.dispatchEvent(new CustomEvent("found", { detail: { at: 0, count: state.find ? spans.length : 0, error } }));
  }
}

function columns(open) {
  const { trace, self, slots } = open;
  const service = (i) => trace.services[trace.service[i]];
  const time = (key, label, read) => ({ key, label, number: true, sort: read, show: (i) => formatDuration(read(i)) });
  return [
    {
      key: "service",
      label: text.service,
      sort: service,
      show: (i) => html`<span class="service-dot ${slotClass(slots.get(service(i)))}"></span> ${service(i)}`,
    },
    { key: "operation", label: text.operation, sort: (i) => trace.names[trace.name[i]],
      show: (i) => trace.names[trace.name[i]] },
    { key: "kind", label: text.spanKind, width: "84px", sort: (i) => trace.kind[i],
      show: (i) => (trace.kind[i] ? text.spanKinds[KINDS[trace.kind[i]]] : "") },
    time("start", text.start, (i) => trace.start[i]),
    time("duration", text.duration, (i) => trace.length[i]),
    time("self", text.ownTimeTitle, (i) => self[i]),
    {
      key: "errors",
      label: text.errorsTitle,
      width: "72px",
      sort: (i) => (trace.flags[i] & ERROR ? 0 : 1),
      show: (i) => (trace.flags[i] & ERROR ? html`<span class="error-glyph" role="img"
        aria-label="${text.hasError}">!</span>` : ""),
    },
    { key: "id", label: text.spanID, width: "150px", sort: (i) => trace.spanID(i),
      show: (i) => html`<code>${trace.spanID(i)}</code>` },
  ];
}

customElements.define("span-table", SpanTable);
