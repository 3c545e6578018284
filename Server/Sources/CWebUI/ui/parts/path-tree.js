// A tree of boxes, from left to right, with what each says: paths of a trace, or of two compared.

import { html } from "../draw/html.js";
import { pathLayout } from "../model/path-layout.js";

const WIDTH = 210; // px of a box
const HEIGHT = 46;
const GAP_X = 46;
const GAP_Y = 10;

/**
 * @param {{parent: number, title: string, name: string, note: string, look: string, share: number, act?: () => void}[]}
 *   nodes parents before children; share (0 … 1) is drawn as a meter, look is a class
 * @param {string} label
 */
export function pathTree(nodes, label) {
  const { x, y, rows, columns } = pathLayout(nodes);
  const left = (k) => x[k] * (WIDTH + GAP_X);
  const top = (k) => y[k] * (HEIGHT + GAP_Y);
  const svg = html`<svg class="path-lines" aria-hidden="true"></svg>`;
  const boxes = nodes.map((node, k) => {
    if (node.parent >= 0) svg.append(line(left(node.parent) + WIDTH, top(node.parent) + HEIGHT / 2, left(k),
      top(k) + HEIGHT / 2));
    const box = html`<button type="button" class="path-box ${node.look}" title="${node.title}"
      @click="${() => node.act?.()}"><span class="path-name">${node.name}</span>
      <span class="path-note">${node.note}</span><span class="meter"><span class="meter-fill"></span></span></button>`;
    box.querySelector(".meter-fill").style.width = `${100 * node.share}%`;
    box.style.left = `${left(k)}px`;
    box.style.top = `${top(k)}px`;
    return html`<li>${box}</li>`;
  });
  const tree = html`<div class="path-tree" role="group" aria-label="${label}">${svg}<ul>${boxes}</ul></div>`;
  const width = columns * (WIDTH + GAP_X) - GAP_X;
  const height = rows * (HEIGHT + GAP_Y);
  tree.style.width = `${width}px`;
  tree.style.height = `${height}px`;
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  return tree;
}

function line(x1, y1, x2, y2) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const bend = (x2 - x1) / 2;
  path.setAttribute("d", `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`);
  return path;
}
