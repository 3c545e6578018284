// What a search found, a line for each trace: what it was, how long it took, where it went, what failed, when.

import { html } from "../draw/html.js";
import { colourSlots } from "../model/colour.js";
import { text } from "../text/en.js";
import { durationCell, errorBadge, matchedCell, nameCell, pickBox, pills, timeCell, traceLink } from "./trace-cells.js";

class ResultList extends HTMLElement {
  /**
   * @param {import("../model/summary.js").Summary[]} summaries in the order to show
   * @param {{pick: string[], columns: string[]}} state
   */
  show(summaries, { pick, columns }) {
    const slots = colourSlots(summaries.flatMap((summary) => summary.services.map((service) => service.name)));
    const longest = summaries.reduce((most, summary) => Math.max(most, summary.duration), 1);
    const now = Date.now() * 1000;
    const onPick = (id, picked) => this.dispatchEvent(new CustomEvent("pick", { detail: { id, picked } }));
    const keys = columns.filter((column) => summaries.some((summary) => summary.values[column]?.length));
    const rows = summaries.map((summary) => {
      const box = pickBox(summary, pick.includes(summary.traceID), onPick);
      return html`<li data-trace="${summary.traceID}">${box}${row(summary, slots, longest, now, keys)}</li>`;
    });
    this.replaceChildren(html`<ol>${rows}</ol>`);
  }

  /** The elements that the keys go through. */
  get stops() {
    return [...this.querySelectorAll("a.result")];
  }
}

function row(summary, slots, longest, now, keys) {
  return html`<a class="result" href="${traceLink(summary)}">
    <span class="result-name">${nameCell(summary, slots)}</span>
    <span class="result-services">${pills(summary.services, slots)}${keys.map((key) => valuePill(key, summary))}</span>
    <span class="result-errors">${summary.errors > 0 && errorBadge(summary.errors)}${matchedCell(summary)}</span>
    <span class="result-spans">${text.spans(summary.spans)}</span>
    <span class="result-duration">${durationCell(summary, longest)}</span>
    <span class="result-time">${timeCell(summary, now)}</span>
  </a>`;
}

function valuePill(key, summary) {
  const values = summary.values[key] ?? [];
  const shown = values.join(", ");
  return shown && html`<span class="value-pill" title="${shown}"><span class="dim">${key}</span> ${shown}</span>`;
}

customElements.define("result-list", ResultList);
