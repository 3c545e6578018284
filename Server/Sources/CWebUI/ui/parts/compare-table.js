// Paths of two sides as a table: what each has, and the change between them.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { text } from "../text/en.js";

const DEEPEST = 16;

/**
 * @param {{depth: number, service: string, operation: string, change?: string, href?: string}[]} nodes
 * @param {Map<string, number>} slots
 * @param {{label: string, show: (node: any) => string | Node}[]} columns
 */
export function compareTable(nodes, slots, columns) {
  const rows = nodes.map((node) => {
    const name = html`<span class="path-cell"><span
      class="service-dot ${slotClass(slots.get(node.service) ?? 0)}"></span>
      <strong>${node.service}</strong> ${node.operation || text.unnamed}</span>`;
    name.style.paddingInlineStart = `${Math.min(DEEPEST, node.depth) * 16}px`;
    return html`<tr class="${`change-${node.change ?? "same"}`}"><th scope="row">${name}</th>
      ${columns.map((column) => html`<td>${column.show(node)}</td>`)}</tr>`;
  });
  return html`<div class="table-region" role="region" tabindex="0" aria-label="${text.node}"><table class="data-table">
    <thead><tr><th scope="col">${text.node}</th>
      ${columns.map((column) => html`<th scope="col">${column.label}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

/** A change as a word with a sign, and a bar to the side that it goes to; share is −1 … 1. */
export function changeBar(label, share) {
  const bar = html`<i class="${share < 0 ? "down" : "up"}"></i>`;
  bar.style.width = `${50 * Math.min(1, Math.abs(share))}%`;
  return html`<span class="change">${label}<span class="change-bar" aria-hidden="true">${bar}</span></span>`;
}
