// How many traces began when, with those that have errors. A stretch of it narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { html } from "../draw/html.js";
import { formatCount, formatSecond } from "../model/format.js";
import { niceTicks } from "../model/scale.js";
import { locale, text } from "../text/en.js";
import { BrushedChart } from "./brushed-chart.js";

class HistogramChart extends BrushedChart {
  static vertical = false;

  /** @type {{startTime: number, step: number, points: {column: number, count: number, errors: number}[]} | null} */
  #data = null;

  /** @param {{startTime: number, step: number, points: {column: number, count: number, errors: number}[]}} data */
  show(data) {
    this.#data = data;
    this.redraw(text.histogram(data.points.reduce((sum, point) => sum + point.count, 0)));
  }

  draw(context, plot) {
    const data = this.#data;
    if (!data) return;
    const { left, right, top, bottom } = plot;
    const most = data.points.reduce((peak, point) => Math.max(peak, point.count), 1);
    const y = (count) => bottom - (count / most) * (bottom - top);
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

  targetAt(event) {
    if (!this.#data) return null;
    const { left, right } = this.plot();
    const { points } = this.#data;
    return points[Math.floor(((event.offsetX - left) / (right - left)) * points.length)] ?? null;
  }

  note(point) {
    const { startTime, step } = this.#data;
    const from = startTime + point.column * step;
    return html`<strong>${text.traces(point.count)}</strong>
      ${point.errors > 0 && ` · ${text.withErrors(point.errors)}`}
      <div class="dim">${formatSecond(from, locale)} – ${formatSecond(from + step, locale)}</div>`;
  }

  notePlace(_, event) {
    return { x: event.offsetX + 14, y: 8 };
  }

  choose({ column }) {
    this.#narrowTo(column, column + 1);
  }

  brushed(box) {
    const { left, right } = this.plot();
    const column = (at) => ((at - left) / (right - left)) * this.#data.points.length;
    this.#narrowTo(column(box.left), column(box.right));
  }

  #narrowTo(from, to) {
    const { startTime, step } = this.#data;
    this.narrow({ start: Math.floor(startTime + from * step), end: Math.ceil(startTime + to * step) });
  }
}

customElements.define("histogram-chart", HistogramChart);
