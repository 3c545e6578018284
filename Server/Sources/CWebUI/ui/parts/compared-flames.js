// Two sets of traces as flame graphs, one above the other: the same paths in the same order and to one scale, what a
// trace of each takes on average. The table below has the same.

import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { flamePlaces } from "../model/compared.js";
import { formatDuration } from "../model/format.js";
import { text } from "../text/en.js";

const LEVEL = 20; // px
const LEAST = 0.15; // % of the width below which a box is left out
const MOST_LEVELS = 40;

/**
 * @param {ReturnType<typeof import("../model/compared.js").mergeFlames>} nodes
 * @param {{label: string, side: "a" | "b", traces: number}[]} sides
 */
export function comparedFlames(nodes, sides, slots) {
  const places = sides.map(({ side, traces }) => flamePlaces(nodes, side, traces));
  const whole = Math.max(1e-3, ...places.map(({ whole }) => whole));
  return html`<div class="compared-flames">${sides.map(({ label }, k) => html`<figure>
    <figcaption>${label} <span class="dim">${text.eachTrace(formatDuration(places[k].whole))}</span></figcaption>
    ${flame(nodes, places[k], { whole, other: places[1 - k], slots, label })}</figure>`)}</div>`;
}

function flame(nodes, { from, total }, { whole, other, slots, label }) {
  const stage = html`<div class="compared-flame" role="img" aria-label="${text.flameOf(label)}"></div>`;
  let levels = 1;
  nodes.forEach((node, k) => {
    const width = (100 * total[k]) / whole;
    if (width < LEAST || node.depth >= MOST_LEVELS) return;
    const name = `${node.service} ${node.operation || text.unnamed}`;
    const change = total[k] - other.total[k];
    const box = html`<span class="compared-box ${slotClass(slots.get(node.service) ?? 0)}"
      title="${`${name}\n${text.here(formatDuration(total[k]))}, ${text.there(formatDuration(other.total[k]))}`}">
      <i></i><span>${name}</span></span>`;
    box.classList.toggle("slower", change > whole / 50);
    box.style.left = `${(100 * from[k]) / whole}%`;
    box.style.width = `${width}%`;
    box.style.top = `${node.depth * LEVEL}px`;
    levels = Math.max(levels, node.depth + 1);
    stage.append(box);
  });
  stage.style.height = `${levels * LEVEL}px`;
  return stage;
}
