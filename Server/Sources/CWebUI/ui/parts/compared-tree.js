// The paths of two sides as boxes: what only one has, what has become more or less, what takes longer or shorter.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { text } from "../text/en.js";
import { pathTree } from "./path-tree.js";

const SIGNS = { same: "=", added: "+", removed: "−", more: "▲", fewer: "▼" };

/** @param {((node: any) => number) | null} delta µs by which a node takes longer in B; null for structure */
export function comparedTree(nodes, slots, delta) {
  const most = delta ? nodes.reduce((most, node) => Math.max(most, Math.abs(delta(node))), 1) : 1;
  const boxes = nodes.map((node) => {
    const counts = `${node.a?.count ?? 0} → ${node.b?.count ?? 0}`;
    const change = delta ? delta(node) : 0;
    const note = delta ? `${change < 0 ? "−" : "+"}${formatDuration(Math.abs(change))}`
      : `${SIGNS[node.change]} ${counts}`;
    const name = `${node.service} ${node.operation || text.unnamed}`;
    const slower = change > most / 50 ? "slower" : change < -most / 50 ? "faster" : "";
    const look = delta ? slower : `change-${node.change}`;
    return {
      parent: node.parent ?? -1,
      name,
      note,
      title: `${name}\n${text.changes[node.change]}, ${counts}`,
      look: `${slotClass(slots.get(node.service) ?? 0)} ${look}`,
      share: delta ? Math.abs(change) / most : 0,
    };
  });
  return html`<div class="graph-scroller" tabindex="0" role="region" aria-label="${text.graphOfBoth}">
    ${pathTree(boxes, text.compare)}</div>`;
}
