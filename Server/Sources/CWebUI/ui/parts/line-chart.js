// Lines over time. The pointer or the arrow keys go from point to point; a click or Enter leads to the traces of it.

import { tickLabel } from "../draw/axes.js";
import { html, svg } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { formatDay, formatMinute } from "../model/format.js";
import { peakOf, stretches } from "../model/red.js";
import { clockTicks, niceTicks } from "../model/scale.js";
import { locale, text } from "../text/en.js";

const WIDTH = 480;
const HEIGHT = 170;
const PLOT = { left: 58, right: WIDTH - 10, top: 12, bottom: HEIGHT - 24 };

class LineChart extends HTMLElement {
  #at = -1;
  #asTable = false;

  /**
   * @param {{title: string, times: number[], lines: {label: string, values: number[]}[],
   *   format: (value: number) => string, most?: number}} chart times are µs since 1970; a point is about the time
   *   before it
   */
  show(chart) {
    this.chart = chart;
    this.#at = -1;
    this.#render();
  }

  #render() {
    const { title, lines } = this.chart;
    const legend = lines.length > 1 && html`<span class="legend">${lines.map(
      ({ label }, at) => html`<span class="legend-entry"><svg class="legend-line" viewBox="0 0 20 6" aria-hidden="true">
        <line class="line line-${at}" x1="0" y1="3" x2="20" y2="3"></line></svg>${label}</span>`,
    )}</span>`;
    this.readout = html`<p class="hint readout" role="status"></p>`;
    const body = this.#asTable ? this.#table() : this.#picture();
    this.replaceChildren(html`<figure class="line-chart">
      <figcaption><strong>${title}</strong>${legend}<span class="spring"></span>
        <button type="button" class="quiet small" aria-pressed="${this.#asTable}" title="${text.chartTable}"
          aria-label="${text.chartTable}" @click="${() => this.#toggle()}">${icons.table()}</button></figcaption>
      ${body}${this.readout}</figure>`);
  }

  #toggle() {
    this.#asTable = !this.#asTable;
    this.#render();
    this.querySelector("figcaption button").focus();
  }

  #x(at) {
    return PLOT.left + (at / Math.max(1, this.chart.times.length - 1)) * (PLOT.right - PLOT.left);
  }

  #picture() {
    const { title, times, lines, format, most } = this.chart;
    const peak = most ?? (peakOf(lines.map((line) => line.values)) || 1);
    const y = (value) => PLOT.bottom - (Math.min(value, peak) / peak) * (PLOT.bottom - PLOT.top);
    const rules = niceTicks(0, peak, 3).map((tick) => svg`<g>
      <line class="rule-line" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}"></line>
      <text class="tick tick-value" x="${PLOT.left - 6}" y="${y(tick) + 3}">${format(tick)}</text></g>`);
    const drawn = lines.map(({ values }, at) => stretches(values, (index) => this.#x(index), y).map(
      (points) => svg`<polyline class="line line-${at}" points="${points}"></polyline>`,
    ));
    this.cursor = svg`<line class="cursor-line" y1="${PLOT.top}" y2="${PLOT.bottom}" x1="0" x2="0"></line>`;
    this.cursor.style.visibility = "hidden";
    const label = text.monitoring.chart(title, formatMinute(times[0], locale), formatMinute(times.at(-1), locale));
    return html`<svg class="lines" viewBox="0 0 ${WIDTH} ${HEIGHT}" tabindex="0" role="img" aria-label="${label}"
      @pointermove="${(event) => this.#point(event)}" @pointerleave="${() => this.#move(-1)}"
      @click="${() => this.#open()}" @keydown="${(event) => this.#key(event)}">
      ${rules}${this.#clock(times)}${drawn}${this.cursor}</svg>`;
  }

  #clock(times) {
    const [from, to] = [times[0], times.at(-1)];
    if (!(to > from)) return [];
    const share = (time) => PLOT.left + ((time - from) / (to - from)) * (PLOT.right - PLOT.left);
    return clockTicks(from, to, 4).map(
      (time) => svg`<text class="tick tick-time" x="${share(time)}" y="${HEIGHT - 8}">
        ${tickLabel(time, to - from, locale)}</text>`,
    );
  }

  #point(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDTH;
    const count = this.chart.times.length;
    const at = Math.round(((x - PLOT.left) / (PLOT.right - PLOT.left)) * (count - 1));
    this.#move(Math.max(0, Math.min(count - 1, at)));
  }

  #key(event) {
    const last = this.chart.times.length - 1;
    const before = Math.max(0, this.#at < 0 ? last : this.#at - 1);
    const targets = { ArrowLeft: before, ArrowRight: Math.min(last, this.#at + 1), Home: 0, End: last };
    if (event.key in targets && !event.shiftKey) {
      event.preventDefault();
      this.#move(targets[event.key]);
    } else if (event.key === "Enter") {
      this.#open();
    }
  }

  #move(at) {
    this.#at = at;
    this.cursor.style.visibility = at < 0 ? "hidden" : "visible";
    this.cursor.setAttribute("x1", this.#x(Math.max(0, at)));
    this.cursor.setAttribute("x2", this.#x(Math.max(0, at)));
    this.readout.textContent = at < 0 ? "" : this.#words(at);
  }

  #words(at) {
    const { times, lines, format } = this.chart;
    const one = ({ label, values }) => `${label} ${Number.isFinite(values[at]) ? format(values[at]) : "–"}`;
    return `${formatMinute(times[at], locale)}: ${lines.map(one).join(" · ")}`;
  }

  #open() {
    const { times } = this.chart;
    if (this.#at < 0) return;
    const step = times.length > 1 ? times[1] - times[0] : 60e6;
    const detail = { start: times[this.#at] - step, end: times[this.#at] };
    this.dispatchEvent(new CustomEvent("traces", { detail, bubbles: true }));
  }

  #table() {
    const { times, lines, format } = this.chart;
    const cell = (value) => html`<td class="number-cell">${Number.isFinite(value) ? format(value) : "–"}</td>`;
    const rows = times.map((time, at) => html`<tr>
      <th scope="row">${formatDay(time, locale)} ${formatMinute(time, locale)}</th>
      ${lines.map(({ values }) => cell(values[at]))}</tr>`);
    return html`<div class="chart-table" tabindex="0" role="region" aria-label="${this.chart.title}"><table>
      <thead><tr><td></td>${lines.map(({ label }) => html`<th class="number-cell">${label}</th>`)}</tr></thead>
      <tbody>${rows}</tbody></table></div>`;
  }
}

/** A line without axes, for a cell of a table. */
export function sparkline(values, label) {
  const [width, height] = [110, 20];
  const peak = peakOf([values]) || 1;
  const x = (at) => 1 + (at / Math.max(1, values.length - 1)) * (width - 2);
  const y = (value) => height - 2 - (value / peak) * (height - 4);
  const line = (points) => svg`<polyline class="line line-0" points="${points}"></polyline>`;
  const lines = stretches(values, x, y).map(line);
  return html`<svg class="sparkline" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${lines}</svg>`;
}

customElements.define("line-chart", LineChart);
