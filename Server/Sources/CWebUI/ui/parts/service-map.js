// The map of services: who calls whom, how often, how slow, how often in vain. Nodes are links, edges are buttons; an
// edge is the thicker the more calls it has, and dashed where calls fail.

import { html, svg } from "../draw/html.js";
import { colourSlots, slotClass } from "../model/colour.js";
import { incoming, ratio, servicesOf } from "../model/dependencies.js";
import { formatCount, formatDuration, formatShare } from "../model/format.js";
import { layOut } from "../model/layered-layout.js";
import { locale, text } from "../text/en.js";

const NODE = { width: 148, height: 40 };
const GAP = { x: 116, y: 26 };
const MARGIN = 24;
const MOST_LABELS = 60;

class ServiceMap extends HTMLElement {
  /**
   * @param {import("../model/dependencies.js").Edge[]} edges maybe compared with another window
   * @param {{focus: string, found: string, address: (service: string) => string}} options found is what names are
   *   looked for; address is where a node leads
   */
  show(edges, options) {
    const services = servicesOf(edges);
    const index = new Map(services.map((service, at) => [service, at]));
    const indexed = edges.map((edge) => ({ edge, from: index.get(edge.parent), to: index.get(edge.child) }));
    const plan = layOut(services.length, indexed);
    const places = services.map((_, at) => ({
      x: MARGIN + plan.layer[at] * (NODE.width + GAP.x),
      y: MARGIN + plan.place[at] * (NODE.height + GAP.y),
    }));
    const width = 2 * MARGIN + Math.max(1, plan.layers) * (NODE.width + GAP.x) - GAP.x;
    const height = 2 * MARGIN + Math.max(1, plan.breadth) * (NODE.height + GAP.y);
    const context = this.#context(edges, services, options);
    const lines = indexed.map(({ edge, from, to }) => this.#edge(edge, places[from], places[to], context));
    const labelled = edges.length > MOST_LABELS ? [] : indexed;
    const labels = labelled.map(({ edge, from, to }) => label(edge, places[from], places[to]));
    const nodes = services.map((service, at) => node(service, places[at], context));
    const picture = html`<svg viewBox="0 0 ${width} ${height}" role="group" aria-label="${text.architecture.map}">
      <g>${lines}</g><g>${nodes}</g><g class="edge-labels" aria-hidden="true">${labels}</g></svg>`;
    picture.style.width = `${width}px`;
    picture.style.height = `${height}px`;
    this.replaceChildren(picture);
  }

  #context(edges, services, { focus, found, address }) {
    const wanted = found.trim().toLowerCase();
    return {
      slots: colourSlots(services),
      sums: incoming(edges),
      most: edges.reduce((peak, edge) => Math.max(peak, edge.calls), 1),
      focus,
      matches: (service) => wanted !== "" && service.toLowerCase().includes(wanted),
      address,
    };
  }

  #edge(edge, from, to, { most }) {
    const d = path(from, to);
    const failing = edge.errors > 0;
    const kind = `edge ${failing ? "failing" : ""} ${edge.change ?? ""}`;
    const choose = () => this.dispatchEvent(new CustomEvent("edge", { detail: edge }));
    const keys = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    };
    const line = svg`<g class="${kind}" tabindex="0" role="button" aria-label="${edgeTitle(edge)}" @click="${choose}"
      @keydown="${keys}"><path class="edge-reach" d="${d}"></path><path class="edge-line" d="${d}"></path>
      <path class="edge-head" d="${head(from, to)}"></path>
      <title>${edgeTitle(edge)}</title></g>`;
    line.style.setProperty("--weight", String(1 + 3.5 * (Math.log1p(edge.calls) / Math.log1p(most))));
    return line;
  }
}

function node(service, { x, y }, { slots, sums, focus, matches, address }) {
  const { calls, errors } = sums.get(service);
  const share = calls ? errors / calls : 0;
  const detail = calls ? text.architecture.received(calls, share) : text.architecture.origin;
  const classes = ["node", slotClass(slots.get(service)), service === focus && "focus", matches(service) && "found"];
  return svg`<a class="${classes.filter(Boolean).join(" ")}" href="${address(service)}"
    aria-label="${service}: ${detail}">
    <rect x="${x}" y="${y}" width="${NODE.width}" height="${NODE.height}" rx="6"></rect>
    <rect class="node-hue" x="${x}" y="${y}" width="5" height="${NODE.height}" rx="2"></rect>
    <text x="${x + 14}" y="${y + 17}">${shorten(service, 19)}</text>
    <text class="node-detail" x="${x + 14}" y="${y + 31}">${shorten(detail, 26)}</text>
    ${errors > 0 && svg`<g><circle class="node-error" cx="${x + NODE.width - 12}" cy="${y + 12}" r="6"></circle>
      <text class="node-error-glyph" x="${x + NODE.width - 12}" y="${y + 15}">!</text></g>`}
    <title>${service}</title></a>`;
}

/** From the right side of one node to the left of the other; backwards in a bow below them. */
function path(from, to) {
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x - 7, to.y + NODE.height / 2];
  if (x2 > x1) {
    const bend = Math.max(30, (x2 - x1) / 2);
    return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }
  const low = Math.max(from.y, to.y) + NODE.height + 18;
  return `M${x1} ${y1} C${x1 + 50} ${low} ${x2 - 50} ${low} ${x2} ${y2}`;
}

function head(from, to) {
  const [x, y] = [to.x, to.y + NODE.height / 2];
  return `M${x} ${y} l-8 -4 l0 8 z`;
}

function label(edge, from, to) {
  const x = (from.x + NODE.width + to.x) / 2;
  const y = (from.y + to.y) / 2 + NODE.height / 2 - 5;
  if (to.x <= from.x) return null;
  const { change, before } = edge;
  const mark = change === "added" ? text.architecture.added : change === "removed" ? text.architecture.removed : "";
  const times = ratio(edge.p95, before?.p95);
  const slower = Number.isFinite(times) && (times > 1.25 || times < 0.8) ? ` ×${times.toPrecision(2)}` : "";
  return svg`<text class="edge-label" x="${x}" y="${y}">${mark || formatCount(edge.calls, locale)}${
    !mark && Number.isFinite(edge.p95) && ` · ${formatDuration(edge.p95)}`}${slower}</text>`;
}

export function edgeTitle(edge) {
  const { parent, child, calls, errors, p50, p95 } = edge;
  const share = calls ? formatShare(errors / calls) : formatShare(0);
  return text.architecture.edge(parent, child, calls, share, formatDuration(p50), formatDuration(p95));
}

function shorten(name, most) {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

customElements.define("service-map", ServiceMap);
