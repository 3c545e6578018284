// A table that is sorted by its columns, with rows only where they are in view.

import { html } from "../draw/html.js";
import { VirtualList } from "../draw/virtual-list.js";
import { sortedOrder } from "../model/sorted.js";

const ROW = 26; // px

/**
 * @typedef {object} Column
 * @property {string} key @property {string} label
 * @property {boolean} [number] right-aligned, and sorted the largest first
 * @property {((row: any) => string | number) | null} sort texts only, or numbers only
 * @property {(row: any) => string | Node} show
 */

class SortTable extends HTMLElement {
  /** @type {Column[]} */
  columns = [];
  /** @type {(row: any) => void} */
  pick = () => {};
  label = "";
  #rows = [];
  #order = new Int32Array(0);
  #sort = { key: "", down: true };
  #active = 0;

  connectedCallback() {
    if (this.list) return;
    this.head = html`<div class="table-head" role="row"></div>`;
    this.body = html`<div class="rows" role="presentation"></div>`;
    this.grid = html`<div class="scroller table-scroller" role="grid" tabindex="0" aria-label="${this.label}"
      @keydown="${(event) => this.#key(event)}" @click="${(event) => this.#click(event)}">
      <div role="rowgroup" class="table-head-group">${this.head}</div>${this.body}</div>`;
    this.replaceChildren(this.grid);
    this.list = new VirtualList(this.grid, this.body, {
      rowHeight: ROW,
      create: () => html`<div class="row table-row" role="row" id="${`table-row-${made++}`}"></div>`,
      write: (element, index) => this.#write(element, index),
    });
  }

  disconnectedCallback() {
    this.list.disconnect();
    this.list = null;
  }

  /** What the rows show has changed; the rows are the same. */
  rewrite() {
    this.list?.rewrite();
  }

  /** @param {any[] | Int32Array} rows @param {string} sort a key, with "-" before it for the smallest first */
  show(rows, sort) {
    this.#rows = rows;
    this.#sort = { key: sort.replace(/^-/, ""), down: !sort.startsWith("-") };
    this.style.setProperty("--columns", this.columns.map((column) => column.width ?? (column.number ? "92px"
      : "minmax(120px, 1fr)")).join(" "));
    this.#apply();
  }

  #apply() {
    const column = this.columns.find(({ key, sort }) => sort && key === this.#sort.key) ?? this.columns[0];
    const down = this.#sort.down === Boolean(column.number);
    this.#order = sortedOrder(Array.from(this.#rows, column.sort), down);
    this.#active = Math.min(this.#active, Math.max(0, this.#order.length - 1));
    this.head.replaceChildren(...this.columns.map((other) => this.#heading(other, column)));
    this.grid.setAttribute("aria-rowcount", String(this.#order.length + 1));
    this.list.setCount(this.#order.length);
  }

  #heading(column, sorted) {
    const direction = column !== sorted ? "none" : this.#sort.down === Boolean(column.number) ? "descending"
      : "ascending";
    const arrow = { none: "", descending: "↓", ascending: "↑" }[direction];
    if (!column.sort) return html`<span role="columnheader">${column.label}</span>`;
    return html`<span role="columnheader" aria-sort="${direction}" class="${column.number ? "number" : ""}">
      <button type="button" class="as-link"
        @click="${() => this.#sortBy(column)}">${column.label} ${arrow}</button></span>`;
  }

  #sortBy(column) {
    const down = this.#sort.key === column.key ? !this.#sort.down : true;
    this.#sort = { key: column.key, down };
    this.#apply();
    this.dispatchEvent(new CustomEvent("sort-change", { detail: `${down ? "" : "-"}${column.key}`, bubbles: true }));
  }

  #write(element, index) {
    const row = this.#rows[this.#order[index]];
    element.setAttribute("aria-rowindex", String(index + 2));
    element.classList.toggle("active", index === this.#active);
    element.replaceChildren(
      ...this.columns.map((column) => html`<span role="gridcell"
        class="${column.number ? "number" : ""}">${column.show(row)}</span>`),
    );
    element.sortRow = index;
  }

  #click(event) {
    const row = event.target.closest("[role=row]");
    if (row?.sortRow === undefined) return;
    this.#move(row.sortRow);
    this.pick(this.#rows[this.#order[row.sortRow]]);
  }

  #key(event) {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#order.length - 1;
    const to = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + this.list.visible - 1,
      PageUp: this.#active - this.list.visible + 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (to === undefined) return last >= 0 ? this.pick(this.#rows[this.#order[this.#active]]) : undefined;
    this.#move(Math.max(0, Math.min(last, to)));
  }

  #move(index) {
    this.#active = index;
    this.list.reveal(index);
    this.list.rewrite();
    const element = this.list.element(index);
    if (element) this.grid.setAttribute("aria-activedescendant", element.id);
  }
}

let made = 0;

customElements.define("sort-table", SortTable);
