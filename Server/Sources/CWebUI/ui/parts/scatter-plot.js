// Results as dots: when each trace started and how long it took. A click opens the trace below the pointer, a rectangle
// narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { Palette, Surface } from "../draw/canvas.js";
import { html } from "../draw/html.js";
import { formatDuration, formatTick } from "../model/format.js";
import { niceTicks } from "../model/scale.js";
import { navigate } from "../state/navigation.js";
import { locale, text } from "../text/en.js";
import { Brush } from "./brush.js";
import { traceLink } from "./trace-cells.js";

const LEFT = 64;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 24;
const REACH = 12; // px from a dot that still count as on it

class ScatterPlot extends HTMLElement {
  /** @type {import("../model/summary.js").Summary[]} */
  #summaries = [];
  #dots = [];
  #scale = null;

  connectedCallback() {
    if (this.canvas) return;
    this.canvas = html`<canvas role="img"></canvas>`;
    this.tip = html`<div class="tip" hidden></div>`;
    this.replaceChildren(this.canvas, this.tip);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (...size) => this.#draw(...size));
    this.brush = new Brush(this.canvas, {
      plot: () => this.#plot(this.canvas.clientWidth, this.canvas.clientHeight),
      vertical: true,
      done: (box) => this.#brushed(box),
    });
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => this.#hover(null));
    this.canvas.addEventListener("click", (event) => {
      const dot = !this.brush.active && this.#near(event);
      if (dot) navigate(traceLink(dot.summary));
    });
  }

  disconnectedCallback() {
    this.surface.disconnect();
    this.canvas = null;
  }

  show(summaries) {
    this.#summaries = summaries;
    this.canvas.setAttribute("aria-label", text.scatter(summaries.length));
    this.surface.draw();
  }

  #plot(width, height) {
    return { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  }

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    this.#dots = [];
    if (this.#summaries.length === 0) return;
    const plot = this.#plot(width, height);
    const scale = this.#scaleFor(plot);
    this.#scale = scale;
    context.font = getComputedStyle(this.canvas).font;
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

  #brushed(box) {
    const { time, duration } = this.#scale;
    const detail = { start: Math.floor(time(box.left)), end: Math.ceil(time(box.right)) };
    if (box.tall) Object.assign(detail, { least: duration(box.bottom), most: duration(box.top) });
    this.dispatchEvent(new CustomEvent("narrow", { detail, bubbles: true }));
  }

  #near(event) {
    let best = null;
    let least = Infinity;
    for (const dot of this.#dots) {
      const distance = Math.hypot(dot.x - event.offsetX, dot.y - event.offsetY) - dot.radius;
      if (distance < least) [best, least] = [dot, distance];
    }
    return least < REACH ? best : null;
  }

  #hover(event) {
    const dot = event && !this.brush.active && this.#near(event);
    this.tip.hidden = !dot;
    this.canvas.classList.toggle("over", Boolean(dot));
    if (!dot) return;
    const { summary } = dot;
    this.tip.replaceChildren(html`<strong>${summary.service}</strong> ${summary.operation}
      <div class="dim">${formatDuration(summary.duration)} · ${text.spans(summary.spans)}
        ${summary.errors > 0 && ` · ${text.errors(summary.errors)}`}</div>`);
    const left = Math.min(dot.x + 14, this.canvas.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, dot.y - 18)}px)`;
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
