// Durations over time: how many traces began in each while and took about so long. A rectangle narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { Palette, Surface } from "../draw/canvas.js";
import { html } from "../draw/html.js";
import { shade } from "../model/distribution.js";
import { formatDuration, formatSecond } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { Brush } from "./brush.js";

const LEFT = 64;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 24;

class HeatMap extends HTMLElement {
  /** @type {import("../model/distribution.js").Distribution | null} */
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
      vertical: true,
      done: (box) => this.#brushed(box),
    });
    this.canvas.addEventListener("pointermove", (event) => this.#hover(event));
    this.canvas.addEventListener("pointerleave", () => (this.tip.hidden = true));
    this.canvas.addEventListener("click", (event) => {
      const cell = !this.brush.active && this.#cellAt(event);
      if (cell) this.#narrowTo(cell);
    });
  }

  disconnectedCallback() {
    this.surface.disconnect();
    this.canvas = null;
  }

  /** @param {import("../model/distribution.js").Distribution} data */
  show(data) {
    this.#data = data;
    this.canvas.setAttribute("aria-label", text.heatmap(data.counted));
    this.surface.draw();
  }

  #plot(width, height) {
    return { left: LEFT, right: width - RIGHT, top: TOP, bottom: height - BOTTOM };
  }

  #draw(context, width, height) {
    context.clearRect(0, 0, width, height);
    const data = this.#data;
    if (!data || data.rows.length === 0) return;
    const plot = this.#plot(width, height);
    const { left, right, top, bottom } = plot;
    const across = (right - left) / data.columns;
    const up = (bottom - top) / data.rows.length;
    const most = data.cells.reduce((peak, cell) => Math.max(peak, cell.count), 1);
    context.font = getComputedStyle(this.canvas).font;
    const every = Math.max(1, Math.ceil(18 / up));
    const ticks = data.rows.map((_, row) => row).filter((row) => row % every === 0);
    const ink = this.palette.colour("dim");
    const rule = this.palette.colour("rule");
    const label = (row) => formatDuration(data.rows[row].from);
    drawValues(context, { left, right, ticks, y: (row) => bottom - row * up, label, ink, rule });
    context.fillStyle = ink;
    drawClock(context, { ...plot, from: data.startTime, to: data.startTime + data.columns * data.step, locale });
    const plain = this.palette.colour("accent");
    const failed = this.palette.colour("error");
    for (const cell of data.cells) {
      const x = left + cell.column * across;
      const y = bottom - (cell.row + 1) * up;
      context.globalAlpha = shade(cell.count, most);
      context.fillStyle = plain;
      context.fillRect(x, y, Math.max(1, across - 1), Math.max(1, up - 1));
      context.globalAlpha = 1;
      if (!cell.errors) continue;
      context.fillStyle = failed;
      context.fillRect(x, y + up - 3, Math.max(1, across - 1) * Math.max(0.2, cell.errors / cell.count), 2);
    }
  }

  #cellAt(event) {
    const data = this.#data;
    if (!data) return null;
    const { left, right, top, bottom } = this.#plot(this.canvas.clientWidth, this.canvas.clientHeight);
    const column = Math.floor(((event.offsetX - left) / (right - left)) * data.columns);
    const row = Math.floor(((bottom - event.offsetY) / (bottom - top)) * data.rows.length);
    return data.cells.find((cell) => cell.column === column && cell.row === row) ?? null;
  }

  #hover(event) {
    const cell = !this.brush.active && this.#cellAt(event);
    this.tip.hidden = !cell;
    this.canvas.classList.toggle("over", Boolean(cell));
    if (!cell) return;
    const { rows, startTime, step } = this.#data;
    const { from, to } = rows[cell.row];
    this.tip.replaceChildren(html`<strong>${text.traces(cell.count)}</strong>
      ${cell.errors > 0 && ` · ${text.withErrors(cell.errors)}`}
      <div class="dim">${formatDuration(from)} – ${formatDuration(to)} ·
        ${formatSecond(startTime + cell.column * step, locale)}</div>`);
    const left = Math.min(event.offsetX + 14, this.canvas.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, event.offsetY - 40)}px)`;
  }

  #narrowTo(cell) {
    const { rows, startTime, step } = this.#data;
    const start = Math.floor(startTime + cell.column * step);
    const detail = { start, end: Math.ceil(start + step), least: rows[cell.row].from, most: rows[cell.row].to };
    this.dispatchEvent(new CustomEvent("narrow", { detail, bubbles: true }));
  }

  #brushed(box) {
    const { rows, startTime, step, columns } = this.#data;
    const { left, right, top, bottom } = this.#plot(this.canvas.clientWidth, this.canvas.clientHeight);
    const time = (at) => startTime + ((at - left) / (right - left)) * columns * step;
    const share = (at) => (bottom - at) / (bottom - top);
    const row = (at) => Math.max(0, Math.min(rows.length - 1, Math.floor(share(at) * rows.length)));
    const detail = { start: Math.floor(time(box.left)), end: Math.ceil(time(box.right)) };
    if (box.tall) Object.assign(detail, { least: rows[row(box.bottom)].from, most: rows[row(box.top)].to });
    this.dispatchEvent(new CustomEvent("narrow", { detail, bubbles: true }));
  }
}

customElements.define("heat-map", HeatMap);
