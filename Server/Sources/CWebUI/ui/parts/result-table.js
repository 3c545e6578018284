// What a search found, as a grid: columns of one's choice, headers that sort on the server, and keys that go through
// the rows. One row is a tab stop; arrows, Home, End and Page keys move it.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { colourSlots } from "../model/colour.js";
import { formatCount } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { durationCell, matchedCell, nameCell, pickBox, pills, timeCell, traceLink } from "./trace-cells.js";

/** The orders that a header switches between, the first one first. */
const ORDERS = {
  spans: ["most-spans"],
  errors: ["most-errors"],
  duration: ["longest", "shortest"],
  start: ["newest", "oldest"],
};
const ASCENDING = new Set(["shortest", "oldest"]);
const NUMBERS = new Set(["spans", "errors", "matched", "duration", "start"]);
const PAGE = 10; // rows that Page Up and Page Down go

class ResultTable extends HTMLElement {
  /**
   * @param {import("../model/summary.js").Summary[]} summaries in the order to show
   * @param {import("../model/search-state.js").SearchState} state
   */
  show(summaries, state) {
    const slots = colourSlots(summaries.flatMap((summary) => summary.services.map((service) => service.name)));
    const context = {
      slots,
      longest: summaries.reduce((most, summary) => Math.max(most, summary.duration), 1),
      now: Date.now() * 1000,
      pick: new Set(state.pick),
    };
    const columns = state.columns.filter((column) => column !== "matched" || summaries.some(({ matched }) => matched));
    const head = columns.map((column) => this.#header(column, state.sort));
    const rows = summaries.map((summary) => this.#row(summary, columns, context));
    this.replaceChildren(html`<table role="grid" aria-label="${text.results}" aria-rowcount="${summaries.length + 1}"
      @keydown="${(event) => this.#key(event)}" @focusin="${(event) => this.#focused(event)}">
      <thead><tr><th class="pick-cell"><span class="off-screen">${text.pickColumn}</span></th>
        <th class="name-cell">${text.columns.name}</th>${head}</tr></thead>
      <tbody>${rows}</tbody>
    </table>`);
    this.stops.forEach((link, index) => (link.tabIndex = index === 0 ? 0 : -1));
  }

  /** The links that the keys go through, one a row. */
  get stops() {
    return [...this.querySelectorAll("a.row-link")];
  }

  #header(column, sort) {
    const orders = ORDERS[column];
    const label = text.columns[column] ?? column;
    if (!orders) return html`<th class="${cellClass(column)}" title="${label}">${label}</th>`;
    const sorted = orders.includes(sort);
    const next = orders[(orders.indexOf(sort) + 1) % orders.length];
    const arrow = sorted && (ASCENDING.has(sort) ? icons.up() : icons.down());
    const direction = sorted ? (ASCENDING.has(sort) ? "ascending" : "descending") : "none";
    return html`<th class="${cellClass(column)}" aria-sort="${direction}">
      <button type="button" class="quiet sort" title="${text.sortBy(text.orders[next])}"
        @click="${() => this.dispatchEvent(new CustomEvent("sort", { detail: next }))}">${label}${arrow}</button></th>`;
  }

  #row(summary, columns, context) {
    const onPick = (id, picked) => this.dispatchEvent(new CustomEvent("pick", { detail: { id, picked } }));
    const cells = columns.map(
      (column) => html`<td class="${cellClass(column)}">${cell(summary, column, context)}</td>`,
    );
    return html`<tr data-trace="${summary.traceID}" @click="${follow}">
      <td class="pick-cell">${pickBox(summary, context.pick.has(summary.traceID), onPick)}</td>
      <td class="name-cell"><a class="row-link" href="${traceLink(summary)}">
        ${nameCell(summary, context.slots)}</a></td>
      ${cells}</tr>`;
  }

  #focused(event) {
    if (!event.target.matches("a.row-link")) return;
    for (const link of this.stops) link.tabIndex = link === event.target ? 0 : -1;
  }

  #key(event) {
    const links = this.stops;
    const at = links.indexOf(event.target.closest("tr")?.querySelector("a.row-link"));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = links.length - 1;
    const targets = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + PAGE, PageUp: at - PAGE, Home: 0, End: last };
    if (event.key in targets) {
      event.preventDefault();
      links[Math.max(0, Math.min(last, targets[event.key]))].focus();
    } else if (event.key === " " && event.target.matches("a")) {
      event.preventDefault();
      links[at].closest("tr").querySelector("input").click();
    }
  }
}

/** A click anywhere in a row goes where its link goes, unless text is being selected. */
function follow(event) {
  if (event.target.closest("a, input, button") || event.button !== 0) return;
  if (!getSelection().isCollapsed) return;
  event.currentTarget.querySelector("a.row-link").click();
}

function cellClass(column) {
  if (NUMBERS.has(column)) return `number-cell ${column}-cell`;
  return column === "services" ? "services-cell" : "value-cell";
}

function cell(summary, column, { slots, longest, now }) {
  switch (column) {
    case "services":
      return html`<span class="result-services">${pills(summary.services, slots)}</span>`;
    case "spans":
      return formatCount(summary.spans, locale);
    case "errors":
      return summary.errors > 0 && html`<span class="error-badge"><span class="error-glyph">!</span>
        ${formatCount(summary.errors, locale)}</span>`;
    case "matched":
      return matchedCell(summary);
    case "duration":
      return html`<span class="result-duration">${durationCell(summary, longest)}</span>`;
    case "start":
      return html`<span class="result-time">${timeCell(summary, now)}</span>`;
    default: {
      const values = (summary.values[column] ?? []).join(", ");
      return html`<span class="value" title="${values}">${values}</span>`;
    }
  }
}

customElements.define("result-table", ResultTable);
