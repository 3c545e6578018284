// What the spans of a trace logged, in order of time.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { emptyNotice } from "./notice.js";
import { text } from "../text/en.js";
import "./sort-table.js";

class LogList extends HTMLElement {
  #open = null;
  #onDetails = () => this.table?.rewrite();

  disconnectedCallback() {
    this.#open?.removeEventListener("details", this.#onDetails);
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state) {
    this.#open?.removeEventListener("details", this.#onDetails);
    this.#open = open;
    open.addEventListener("details", this.#onDetails);
    const { trace } = open;
    if (trace.logTime.length === 0) return this.replaceChildren(emptyNotice(text.traceViews.logs, text.noLogs));
    if (!this.table) this.#makeTable();
    this.table.columns = columns(open);
    if (!this.table.isConnected) this.replaceChildren(this.table);
    this.table.show(open.trace.logTime.map((_, log) => log), state.sort || "-time");
  }

  #makeTable() {
    this.table = document.createElement("sort-table");
    this.table.label = text.traceViews.logs;
    this.table.pick = (log) => this.dispatchEvent(new CustomEvent("go", { detail: logSpans(this.#open.trace)[log] }));
    this.table.addEventListener("sort-change", (event) =>
      this.dispatchEvent(new CustomEvent("state-change", { detail: { sort: event.detail } })));
  }
}

/** The span of each log. */
function logSpans({ count, logOffset, logTime }) {
  const spans = new Int32Array(logTime.length);
  for (let span = 0; span < count; span++) spans.fill(span, logOffset[span], logOffset[span + 1]);
  return spans;
}

/** What a log says is asked for when it is on the screen, if the trace is too large to be here as a whole. */
function columns(open) {
  const { trace, slots } = open;
  const spans = logSpans(trace);
  const service = (log) => trace.services[trace.service[spans[log]]];
  const operation = (log) => trace.names[trace.name[spans[log]]];
  const says = (log) => words(open.detailSoon(spans[log]).logs[log - trace.logOffset[spans[log]]]);
  return [
    { key: "time", label: text.start, number: true, sort: (log) => trace.logTime[log],
      show: (log) => formatDuration(trace.logTime[log]) },
    {
      key: "service", label: text.service, width: "minmax(90px, 160px)", sort: service,
      show: (log) => html`<span class="service-dot ${slotClass(slots.get(service(log)))}"></span> ${service(log)}`,
    },
    { key: "operation", label: text.operation, width: "minmax(90px, 220px)", sort: operation, show: operation },
    { key: "says", label: text.event, sort: open.isWhole ? says : null,
      show: (log) => html`<span title="${says(log)}">${says(log)}</span>` },
  ];
}

function words(log) {
  if (!log) return "…";
  const event = log.fields.find(({ key }) => key === "event" || key === "message");
  const rest = log.fields.filter((field) => field !== event).map(({ key, value }) => `${key}=${value}`);
  return [event?.value ?? "", ...rest].join("  ");
}

customElements.define("log-list", LogList);
