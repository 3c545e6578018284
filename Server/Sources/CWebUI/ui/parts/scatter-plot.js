// Results as dots: when each trace started and how long it took. A click opens the trace below the pointer, a rectangle
// narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { html } from "../draw/html.js";
import { formatDuration, formatTick } from "../model/format.js";
import { niceTicks } from "../model/scale.js";
import { navigate } from "../state/navigation.js";
import { locale, text } from "../text/en.js";
import { BrushedChart } from "./brushed-chart.js";
import { traceLink } from "./trace-cells.js";

const REACH = 12; // px from a dot that still count as on it

class ScatterPlot extends BrushedChart {
  /** @type {import("../model/summary.js").Summary[]} */
  #summaries = [];
  #dots = [];
  #scale = null;

  show(summaries) {
    this.#summaries = summaries;
    this.redraw(text.scatter(summaries.length));
  }

  draw(context, plot) {
    this.#dots = [];
    if (this.#summaries.length === 0) return;
    const scale = this.#scaleFor(plot);
    this.#scale = scale;
    const ink = this.palette.colour("dim");
    const ticks = niceTicks(0, scale.longest, 3);
    const label = (tick) => formatTick(tick, ticks[1] - ticks[0] || 1);
    drawValues(context, { ...plot, ticks, y: scale.y, label, ink, rule: this.palette.colour("rule") });
    context.fillStyle = ink;
    drawClock(context, { ...plot, from: scale.from, to: scale.to, locale });
    this.#dots = this.#summaries.map((summary) => ({
      summary,
      x: scale.x(summary.startTime),
      y: scale.y(summary.duration),
      radius: 3 + Math.min(9, Math.log2(Math.max(1, summary.spans))),
    }));
    this.#drawDots(context);
  }

  #scaleFor({ left, right, top, bottom }) {
    const starts = this.#summaries.map((summary) => summary.startTime);
    const first = starts.reduce((a, b) => Math.min(a, b));
    const last = starts.reduce((a, b) => Math.max(a, b));
    const pad = Math.max((last - first) * 0.03, 500_000);
    const [from, to] = [first - pad, last + pad];
    const longest = this.#summaries.reduce((most, summary) => Math.max(most, summary.duration), 1);
    const x = (time) => left + ((time - from) / (to - from)) * (right - left);
    const y = (duration) => bottom - (duration / longest) * (bottom - top);
    const time = (at) => from + ((at - left) / (right - left)) * (to - from);
    const duration = (at) => ((bottom - at) / (bottom - top)) * longest;
    return { from, to, longest, x, y, time, duration };
  }

  #drawDots(context) {
    const plain = this.palette.colour("accent");
    const failed = this.palette.colour("error");
    for (const dot of this.#dots) {
      context.beginPath();
      context.arc(dot.x, dot.y, dot.radius, 0, 2 * Math.PI);
      context.globalAlpha = 0.35;
      context.fillStyle = dot.summary.errors ? failed : plain;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = context.fillStyle;
      context.lineWidth = dot.summary.errors ? 2 : 1;
      context.stroke();
      if (dot.summary.errors) cross(context, dot);
    }
  }

  brushed(box) {
    const { time, duration } = this.#scale;
    const detail = { start: Math.floor(time(box.left)), end: Math.ceil(time(box.right)) };
    if (box.tall) Object.assign(detail, { least: duration(box.bottom), most: duration(box.top) });
    this.narrow(detail);
  }

  targetAt(event) {
    let best = null;
    let least = Infinity;
    for (const dot of this.#dots) {
      const distance = Math.hypot(dot.x - event.offsetX, dot.y - event.offsetY) - dot.radius;
      if (distance < least) [best, least] = [dot, distance];
    }
    return least < REACH ? best : null;
  }

  note({ summary }) {
    return html`<strong>${summary.service}</strong> ${summary.operation}
      <div class="dim">${formatDuration(summary.duration)} · ${text.spans(summary.spans)}
        ${summary.errors > 0 && ` · ${text.errors(summary.errors)}`}</div>`;
  }

  notePlace(dot) {
    return { x: dot.x + 14, y: dot.y - 18 };
  }

  choose(dot) {
    navigate(traceLink(dot.summary));
  }
}

/** Errors are not told by colour alone. */
function cross(context, { x, y }) {
  context.beginPath();
  context.moveTo(x - 2, y - 2);
  context.lineTo(x + 2, y + 2);
  context.moveTo(x + 2, y - 2);
  context.lineTo(x - 2, y + 2);
  context.stroke();
}

customElements.define("scatter-plot", ScatterPlot);
