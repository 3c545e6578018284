// Durations over time: how many traces began in each while and took about so long. A rectangle narrows the search.

import { drawClock, drawValues } from "../draw/axes.js";
import { html } from "../draw/html.js";
import { shade } from "../model/distribution.js";
import { formatDuration, formatSecond } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { BrushedChart } from "./brushed-chart.js";

class HeatMap extends BrushedChart {
  /** @type {import("../model/distribution.js").Distribution | null} */
  #data = null;

  /** @param {import("../model/distribution.js").Distribution} data */
  show(data) {
    this.#data = data;
    this.redraw(text.heatmap(data.counted));
  }

  draw(context, plot) {
    const data = this.#data;
    if (!data || data.rows.length === 0) return;
    const { left, right, top, bottom } = plot;
    const across = (right - left) / data.columns;
    const up = (bottom - top) / data.rows.length;
    const most = data.cells.reduce((peak, cell) => Math.max(peak, cell.count), 1);
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

  targetAt(event) {
    const data = this.#data;
    if (!data) return null;
    const { left, right, top, bottom } = this.plot();
    const column = Math.floor(((event.offsetX - left) / (right - left)) * data.columns);
    const row = Math.floor(((bottom - event.offsetY) / (bottom - top)) * data.rows.length);
    return data.cells.find((cell) => cell.column === column && cell.row === row) ?? null;
  }

  note(cell) {
    const { rows, startTime, step } = this.#data;
    const { from, to } = rows[cell.row];
    return html`<strong>${text.traces(cell.count)}</strong>
      ${cell.errors > 0 && ` · ${text.withErrors(cell.errors)}`}
      <div class="dim">${formatDuration(from)} – ${formatDuration(to)} ·
        ${formatSecond(startTime + cell.column * step, locale)}</div>`;
  }

  notePlace(_, event) {
    return { x: event.offsetX + 14, y: event.offsetY - 40 };
  }

  choose(cell) {
    const { rows, startTime, step } = this.#data;
    const start = Math.floor(startTime + cell.column * step);
    this.narrow({ start, end: Math.ceil(start + step), least: rows[cell.row].from, most: rows[cell.row].to });
  }

  brushed(box) {
    const { rows, startTime, step, columns } = this.#data;
    const { left, right, top, bottom } = this.plot();
    const time = (at) => startTime + ((at - left) / (right - left)) * columns * step;
    const share = (at) => (bottom - at) / (bottom - top);
    const row = (at) => Math.max(0, Math.min(rows.length - 1, Math.floor(share(at) * rows.length)));
    const detail = { start: Math.floor(time(box.left)), end: Math.ceil(time(box.right)) };
    if (box.tall) Object.assign(detail, { least: rows[row(box.bottom)].from, most: rows[row(box.top)].to });
    this.narrow(detail);
  }
}

customElements.define("heat-map", HeatMap);
