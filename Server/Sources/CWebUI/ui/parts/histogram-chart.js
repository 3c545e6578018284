// How many traces began when, with those that have errors. A stretch of it narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { Palette, Surface } from "../draw/canvas.js";
import { html } from "../draw/html.js";
import { formatCount, formatSecond } from "../model/format.js";
import { niceTicks } from "../model/scale.js";
import { locale, text } from "../text/en.js";
import { Brush } from "./brush.js";

const LEFT = 64;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 24;

class HistogramChart extends HTMLElement {
  /** @type {{startTime: number, step: number, points: {column: number, count: number, errors: number}[]} | null} */
  #data = null;

  connectedCallback() {
    if (this.canvas) return;
    this.canvas = html`<canvas role="img"></canvas>`;
    this.tip = html`<div class="tip" hidden></div>`;
    this.replaceChildren(this.canvas, this.tip);
    this.palette = new Palette(this);
    this.surface = new Surface(this.canvas, (...size) => this.#draw(...size));
    this.brush = new Brush(this.canvas, {
      plot: () => this.#plot(this.canvas.clientWidth, this.canvas.clientHeight),
      vertical: false,
      done: (box) => this.#narrow(box.left, box.right),
    });
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("click", (event) => {
      const point = !this.brush.active && this.#pointAt(event);
      if (point) this.#narrowTo(point.column, point.column + 1);
    });
  }

  disconnectedCallback() {
    this.surface.disconnect();
    this.canvas = null;
  }

  /** @param {{startTime: number, step: number, points: {column: number, count: number, errors: number}[]}} data */
  show(data) {
    this.#data = data;
    this.canvas.setAttribute("aria-label", text.histogram(data.points.reduce((sum, point) => sum + point.count, 0)));
    this.surface.draw();
  }

  #plot(width, height) {
    return { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  }

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    const data = this.#data;
    if (!data) return;
    const plot = this.#plot(width, height);
    const { left, right, top, bottom } = plot;
    const most = data.points.reduce((peak, point) => Math.max(peak, point.count), 1);
    const y = (count) => bottom - (count / most) * (bottom - top);
    context.font = getComputedStyle(this.canvas).font;
    const ink = this.palette.colour("dim");
    const ticks = niceTicks(0, most, 3).filter(Number.isInteger);
    const label = (count) => formatCount(count, locale);
    drawValues(context, { left, right, ticks, y, label, ink, rule: this.palette.colour("rule") });
    context.fillStyle = ink;
    drawClock(context, { ...plot, from: data.startTime, to: data.startTime + data.points.length * data.step, locale });
    const across = (right - left) / data.points.length;
    const plain = this.palette.colour("accent");
    const failed = this.palette.colour("error");
    for (const { column, count, errors } of data.points) {
      if (!count) continue;
      const x = left + column * across;
      const width = Math.max(1, across - 1);
      context.fillStyle = plain;
      context.fillRect(x, y(count), width, bottom - y(count));
      context.fillStyle = failed;
      // Errors are narrower as well, so that they are told without colours.
      if (errors) context.fillRect(x + width / 4, y(errors), Math.max(1, width / 2), bottom - y(errors));
    }
  }

  #pointAt(event) {
    if (!this.#data) return null;
    const { left, right } = this.#plot(this.canvas.clientWidth, this.canvas.clientHeight);
    const { points } = this.#data;
    return points[Math.floor(((event.offsetX - left) / (right - left)) * points.length)] ?? null;
  }

  #hover(event) {
    const point = !this.brush.active && this.#pointAt(event);
    this.tip.hidden = !point;
    if (!point) return;
    const { startTime, step } = this.#data;
    const from = startTime + point.column * step;
    this.tip.replaceChildren(html`<strong>${text.traces(point.count)}</strong>
      ${point.errors > 0 && ` · ${text.withErrors(point.errors)}`}
      <div class="dim">${formatSecond(from, locale)} – ${formatSecond(from + step, locale)}</div>`);
    const left = Math.min(event.offsetX + 14, this.canvas.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${Math.max(0, left)}px, 8px)`;
  }

  #narrow(leftEdge, rightEdge) {
    const { left, right } = this.#plot(this.canvas.clientWidth, this.canvas.clientHeight);
    const column = (at) => ((at - left) / (right - left)) * this.#data.points.length;
    this.#narrowTo(column(leftEdge), column(rightEdge));
  }

  #narrowTo(from, to) {
    const { startTime, step } = this.#data;
    const detail = { start: Math.floor(startTime + from * step), end: Math.ceil(startTime + to * step) };
    this.dispatchEvent(new CustomEvent("narrow", { detail, bubbles: true }));
  }
}

customElements.define("histogram-chart", HistogramChart);
