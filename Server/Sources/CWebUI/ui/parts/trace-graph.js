// Who called whom in a trace: its paths of service and operation, with how often, how long, and how much of it was
// their own time.

import { afterPaint } from "../draw/after-paint.js";
import { html } from "../draw/html.js";
import { slotClass } from "../model/colour.js";
import { formatDuration } from "../model/format.js";
import { heaviest } from "../model/path-layout.js";
import { MISSING } from "../model/trace.js";
import { text } from "../text/en.js";
import { loadingNotice } from "./notice.js";
import { pathTree } from "./path-tree.js";

const MOST = 150;
const LARGE = 20_000; // spans

class TraceGraph extends HTMLElement {
  #open = null;

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  show(open) {
    if (open === this.#open) return;
    this.#open = open;
    if (open.trace.count < LARGE) return this.#draw(open);
    // Adding up the paths of a large trace takes longer than a key should.
    this.replaceChildren(loadingNotice());
    afterPaint(() => this.isConnected && open === this.#open && this.#draw(open));
  }

  #draw(open) {
    const { trace, slots } = open;
    const nodes = open.paths;
    const total = nodes.reduce((sum, node) => sum + node.self, 0);
    const shown = heaviest(nodes, (node) => node.total, MOST);
    const boxes = shown.map((node) => {
      const service = trace.services[trace.service[node.span]];
      const missing = (trace.flags[node.span] & MISSING) !== 0;
      const name = missing ? text.missingSpan : `${service} ${trace.names[trace.name[node.span]]}`;
      const own = text.ownTime(formatDuration(node.self));
      return {
        parent: node.parent,
        name,
        note: `${text.times(node.count)} · ${own}${node.errors ? ` · ${text.errors(node.errors)}` : ""}`,
        title: `${name}\n${text.times(node.count)}, ${text.total} ${formatDuration(node.total)}, ${own}`,
        look: `${slotClass(slots.get(service))} ${node.errors ? "failed" : ""} ${missing ? "missing" : ""}`,
        share: node.self / (total || 1),
        act: () => this.dispatchEvent(new CustomEvent("go", { detail: node.span })),
      };
    });
    const rest = nodes.length - shown.length;
    this.replaceChildren(html`<div class="graph-scroller" tabindex="0" role="region" aria-label="${text.graphTitle}">
      ${pathTree(boxes, text.graphTitle)}${rest > 0 && html`<p class="dim">+ ${rest}</p>`}</div>`);
  }
}

customElements.define("trace-graph", TraceGraph);
