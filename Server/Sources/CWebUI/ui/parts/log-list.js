// What the spans of a trace logged, in order of time.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { emptyNotice } from "./notice.js";
import { text } from "../text/en.js";
import "./sort-table.js";

class LogList extends HTMLElement {
  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state) {
    const { trace, slots } = open;
    if (trace.logTime.length === 0) return this.replaceChildren(emptyNotice(text.traceViews.logs, text.noLogs));
    if (!open.isWhole) return this.replaceChildren(emptyNotice(text.traceViews.logs, text.logsNeedAll));
    const logs = [];
    for (let span = 0; span < trace.count; span++) {
      if (trace.logOffset[span + 1] === trace.logOffset[span]) continue;
      for (const { time, fields } of trace.detail(span).logs) logs.push({ span, time, fields });
    }
    const service = ({ span }) => trace.services[trace.service[span]];
    const says = ({ fields }) => {
      const event = fields.find(({ key }) => key === "event" || key === "message");
      const rest = fields.filter((field) => field !== event).map(({ key, value }) => `${key}=${value}`);
      return [event?.value ?? "", ...rest].join("  ");
    };
    const table = document.createElement("sort-table");
    table.label = text.traceViews.logs;
    table.columns = [
      { key: "time", label: text.start, number: true, sort: ({ time }) => time,
        show: ({ time }) => formatDuration(time) },
      {
        key: "service", label: text.service, width: "minmax(90px, 160px)", sort: service,
        show: (log) => html`<span class="service-dot ${slotClass(slots.get(service(log)))}"></span> ${service(log)}`,
      },
      { key: "operation", label: text.operation, width: "minmax(90px, 220px)",
        sort: ({ span }) => trace.names[trace.name[span]],
        show: ({ span }) => trace.names[trace.name[span]] },
      { key: "says", label: text.event, sort: says, show: (log) => html`<span
        title="${says(log)}">${says(log)}</span>` },
    ];
    table.pick = ({ span }) => this.dispatchEvent(new CustomEvent("go", { detail: span }));
    table.addEventListener("sort-change", (event) =>
      this.dispatchEvent(new CustomEvent("state-change", { detail: { sort: event.detail } })));
    this.replaceChildren(table);
    table.show(logs, state.sort || "-time");
  }
}

customElements.define("log-list", LogList);
