// A table of figures that sorts by the column whose header is pressed. Rows may lead somewhere by a link in a cell.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";

/**
 * @typedef {object} FigureColumn
 * @property {string} label
 * @property {(row: any) => any} value what it sorts by
 * @property {(row: any) => any} [cell] what it shows; the value if it is missing
 * @property {boolean} [number] stands at the right, and sorts the greatest first
 * @property {string} [title]
 */

class FigureTable extends HTMLElement {
  #sorted = -1;
  #up = false;

  /**
   * @param {{label: string, columns: FigureColumn[], rows: any[], sort?: number,
   *   rowClass?: (row: any) => string}} table label names it, sort is the column that it is sorted by at first
   */
  show({ label, columns, rows, sort = -1, rowClass = () => "" }) {
    this.table = { label, columns, rows, rowClass };
    if (this.#sorted < 0 || this.#sorted >= columns.length) {
      this.#sorted = sort;
      this.#up = sort >= 0 && !columns[sort].number;
    }
    this.#render();
  }

  #render(focused = -1) {
    const { label, columns, rows, rowClass } = this.table;
    const heads = columns.map((column, index) => this.#head(column, index));
    const body = this.#order(rows, columns).map(
      (row) => html`<tr class="${rowClass(row)}">${columns.map(
        ({ number, value, cell = value }) => html`<td class="${number ? "number-cell" : ""}">${cell(row)}</td>`,
      )}</tr>`,
    );
    this.replaceChildren(html`<div class="figures" tabindex="0" role="region" aria-label="${label}"><table>
      <caption class="off-screen">${label}</caption>
      <thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`);
    if (focused >= 0) this.querySelectorAll("th button")[focused]?.focus();
  }

  #head({ label, number, title }, index) {
    const sorted = index === this.#sorted;
    const direction = sorted ? (this.#up ? "ascending" : "descending") : "none";
    const arrow = sorted && (this.#up ? icons.up() : icons.down());
    return html`<th class="${number ? "number-cell" : ""}" aria-sort="${direction}">
      <button type="button" class="quiet sort" title="${title ?? text.sortColumn(label)}"
        @click="${() => this.#sort(index)}">${label}${arrow}</button></th>`;
  }

  #sort(index) {
    this.#up = index === this.#sorted ? !this.#up : !this.table.columns[index].number;
    this.#sorted = index;
    this.#render(index);
  }

  #order(rows, columns) {
    const column = columns[this.#sorted];
    if (!column) return rows;
    const sign = this.#up ? 1 : -1;
    return [...rows].sort((a, b) => compare(column.value(a), column.value(b), sign));
  }
}

/** What has no figure comes last, whichever way it is sorted. */
function compare(a, b, sign) {
  const [missingA, missingB] = [isMissing(a), isMissing(b)];
  if (missingA || missingB) return Number(missingA) - Number(missingB);
  if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
  return sign * (a - b);
}

function isMissing(value) {
  return value === null || value === undefined || Number.isNaN(value);
}

customElements.define("figure-table", FigureTable);
