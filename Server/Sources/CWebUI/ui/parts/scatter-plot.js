// Results as dots: when each trace started and how long it took. A click opens the trace below the pointer.

import { Palette, Surface } from "../draw/canvas.js";
import { html } from "../draw/html.js";
import { formatDuration, formatMinute, formatClock, formatTick } from "../model/format.js";
import { clockTicks, niceTicks } from "../model/scale.js";
import { navigate } from "../state/navigation.js";
import { locale, text } from "../text/en.js";

const LEFT = 64;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 22;
const REACH = 12; // px from a dot that still count as on it

class ScatterPlot extends HTMLElement {
  /** @type {import("../model/summary.js").Summary[]} */
  #summaries = [];
  #dots = [];

  connectedCallback() {
    if (this.canvas) return;
    this.canvas = html`<canvas role="img"></canvas>`;
    this.tip = html`<div class="tip" hidden></div>`;
    this.replaceChildren(this.canvas, this.tip);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (...size) => this.#draw(...size));
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => this.#hover(null));
    this.canvas.addEventListener("click", (event) => {
      const dot = this.#near(event);
      if (dot) navigate(`trace/${dot.summary.traceID}`);
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

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    this.#dots = [];
    if (this.#summaries.length === 0) return;
    const starts = this.#summaries.map((summary) => summary.startTime);
    let from = starts.reduce((a, b) => Math.min(a, b));
    let to = starts.reduce((a, b) => Math.max(a, b));
    const pad = Math.max((to - from) * 0.03, 500_000);
    from -= pad;
    to += pad;
    const longest = this.#summaries.reduce((most, summary) => Math.max(most, summary.duration), 1);
    const x = (time) => LEFT + ((time - from) / (to - from)) * (width - LEFT - RIGHT);
    const y = (duration) => height - BOTTOM - (duration / longest) * (height - TOP - BOTTOM);
    this.#axes(context, width, height, { from, to, longest, x, y });
    this.#dots = this.#summaries.map((summary) => ({
      summary,
      x: x(summary.startTime),
      y: y(summary.duration),
      radius: 3 + Math.min(9, Math.log2(summary.spans)),
    }));
    this.#drawDots(context);
  }

  #axes(context, width, height, { from, to, longest, x, y }) {
    context.font = getComputedStyle(this.canvas).font;
    context.fillStyle = this.palette.colour("dim");
    context.strokeStyle = this.palette.colour("rule");
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const ticks = niceTicks(0, longest, 3);
    context.beginPath();
    for (const tick of ticks) {
      context.fillText(formatTick(tick, ticks[1] - ticks[0] || 1), LEFT - 8, y(tick));
      context.moveTo(LEFT, Math.round(y(tick)) + 0.5);
      context.lineTo(width - RIGHT, Math.round(y(tick)) + 0.5);
    }
    context.stroke();
    context.textAlign = "center";
    const times = clockTicks(from, to, Math.max(2, Math.floor(width / 140)));
    const short = to - from < 120e6 * 3;
    for (const time of times) {
      const label = short ? formatClock(time, locale).replace(/[.,]000$/, "") : formatMinute(time, locale);
      context.fillText(label, x(time), height - 8);
    }
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
    }
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
    const dot = event && this.#near(event);
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

customElements.define("scatter-plot", ScatterPlot);
