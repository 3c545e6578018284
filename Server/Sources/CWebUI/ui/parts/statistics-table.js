// A trace by groups: what its time went into, by service, operation, or any attribute, and by a second one within it.

import { html } from "../draw/html.js";
import { formatCount, formatDuration } from "../model/format.js";
import { PLAIN_KEYS, attributeKeys, keyOf, statistics } from "../model/statistics.js";
import { locale, text } from "../text/en.js";
import "./sort-table.js";

const MOST_KEYS = 100;

class StatisticsTable extends HTMLElement {
  #open = null;
  #keys = [];
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
    if (open !== this.#open) this.#keys = attributeKeys(open.trace, MOST_KEYS).map(({ key }) => key);
    const { trace } = open;
    this.#open = open;
    this.#state = state;
    const by = [state.group || "service", state.within].filter(Boolean);
    const groups = statistics(trace, open.self, by.map((key) => keyOf(trace, key)));
    const all = groups.reduce((sum, group) => sum + group.self, 0) || 1;
    this.table.columns = columns(by, all);
    if (!this.table.isConnected) this.replaceChildren(this.bar, this.table);
    this.#fields();
    this.table.show(groups, state.sort || "self");
  }

  #fields() {
    const { group, within } = this.#state;
    this.bar.replaceChildren(
      this.#field(text.groupBy, group || "service", false, (value) => this.#change({ group: value })),
      this.#field(text.andBy, within, true, (value) => this.#change({ within: value })),
    );
  }

  #field(label, chosen, none, change) {
    const option = (value, name) => html`<option value="${value}" .selected="${value === chosen}">${name}</option>`;
    const plain = Object.keys(PLAIN_KEYS).map((key) => option(key, text.colourByKeys[key] ?? text[key] ?? key));
    return html`<label class="inline-field">${label} <select @change="${(event) => change(event.target.value)}">
      ${none && option("", text.nobody)}${plain}
      ${this.#keys.length > 0 && html`<optgroup label="${text.attributes}">${this.#keys.map((key) => option(key,
        key))}</optgroup>`}
    </select></label>`;
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
