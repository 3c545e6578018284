// A trace by groups: what its time went into, by service, operation, or any attribute, and by a second one within it.

import { html } from "../draw/html.js";
import { formatCount, formatDuration } from "../model/format.js";
import { PLAIN_KEYS, statistics } from "../model/statistics.js";
import { locale, text } from "../text/en.js";
import { keySelect } from "./key-select.js";
import { loadingNotice } from "./notice.js";
import "./sort-table.js";

class StatisticsTable extends HTMLElement {
  #open = null;
  #state = {};

  connectedCallback() {
    if (this.table) return;
    this.bar = html`<div class="view-bar"></div>`;
    this.table = document.createElement("sort-table");
    this.table.label = text.statisticsOf;
    this.table.pick = (group) => this.dispatchEvent(new CustomEvent("go", { detail: group.longest }));
    this.table.addEventListener("sort-change", (event) => this.#change({ sort: event.detail }));
  }

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open, state) {
    this.#open = open;
    this.#state = state;
    const by = [state.group || "service", state.within].filter(Boolean);
    const keys = by.map((key) => open.values(key));
    // The page asks the server for what is not here, and calls again.
    if (keys.includes(null)) return this.replaceChildren(this.bar, loadingNotice());
    const groups = statistics(open.trace, open.self, keys);
    const all = groups.reduce((sum, group) => sum + group.self, 0) || 1;
    this.table.columns = columns(by, all);
    if (!this.table.isConnected) this.replaceChildren(this.bar, this.table);
    this.#fields();
    this.table.show(groups, state.sort || "self");
  }

  #fields() {
    const { group, within } = this.#state;
    this.bar.replaceChildren(
      this.#field(text.groupBy, group || "service", [], (value) => this.#change({ group: value })),
      this.#field(text.andBy, within, [{ value: "", label: text.nobody }], (value) => this.#change({ within: value })),
    );
  }

  #field(label, chosen, none, change) {
    const plain = PLAIN_KEYS.map((key) => ({ value: key, label: text.colourByKeys[key] ?? text[key] ?? key }));
    return html`<label class="inline-field">${label}
      ${keySelect({ open: this.#open, chosen, plain: [...none, ...plain], change })}</label>`;
  }

  #change(change) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: change }));
  }
}

function columns(by, all) {
  const time = (key, label, read) => ({ key, label, number: true, sort: read,
    show: (group) => formatDuration(read(group)) });
  const count = (key, label, read) => ({
    key, label, number: true, sort: read, show: (group) => (read(group) ? formatCount(read(group), locale) : ""),
  });
  return [
    ...by.map((key, k) => ({
      key: `by${k}`,
      label: text.colourByKeys[key] ?? key,
      sort: (group) => group.values[k] ?? "",
      show: (group) => group.values[k] ?? html`<span class="dim">${text.absent}</span>`,
    })),
    count("count", text.count, (group) => group.count),
    count("errors", text.errorsTitle, (group) => group.errors),
    time("self", text.ownTimeTitle, (group) => group.self),
    { key: "share", label: text.selfShare, number: true, width: "124px", sort: (group) => group.self,
      show: (group) => meter(group.self / all) },
    time("total", text.total, (group) => group.total),
    time("avg", text.average, (group) => group.total / group.count),
    time("min", text.shortest, (group) => group.min),
    time("max", text.longest, (group) => group.max),
  ];
}

function meter(share) {
  const fill = html`<span class="meter-fill"></span>`;
  fill.style.width = `${100 * share}%`;
  return html`<span class="share">${`${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`}<span
    class="meter">${fill}</span></span>`;
}

customElements.define("statistics-table", StatisticsTable);
