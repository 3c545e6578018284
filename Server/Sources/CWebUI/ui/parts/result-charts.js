// The picture above the results: dots, counts over time, or durations over time, each also as a table.
// Counts come from the server over all traces that match; where it cannot, from those that are shown, and it says so.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { columnsOf, distribute } from "../model/distribution.js";
import { formatClock, formatCount, formatDay, formatDuration, formatSecond } from "../model/format.js";
import { CHARTS, formatQuestion, withRange } from "../model/search-state.js";
import { get } from "../state/api.js";
import { locale, text } from "../text/en.js";
import "./heat-map.js";
import "./histogram-chart.js";
import "./scatter-plot.js";

const COLUMNS = 60;

class ResultCharts extends HTMLElement {
  #asking = new AbortController();
  #asTable = false;
  #summaries = [];
  #state = null;
  #data = null;

  disconnectedCallback() {
    this.#asking.abort();
  }

  /** @param {import("../model/search-state.js").SearchState} state with a fixed range */
  show(summaries, state) {
    this.#summaries = summaries;
    this.#state = withRange(state, Date.now() * 1000);
    this.#data = null;
    const choices = CHARTS.map(
      (chart) => html`<label><input type="radio" name="chart" .checked="${chart === state.chart}"
        @change="${() => this.dispatchEvent(new CustomEvent("chart", { detail: chart }))}">
        <span>${text.charts[chart]}</span></label>`,
    );
    this.source = html`<p class="chart-source hint" role="status"></p>`;
    this.body = html`<div class="chart-body"></div>`;
    const twin = html`<button type="button" class="quiet small" aria-pressed="${this.#asTable}"
      title="${text.chartTable}" aria-label="${text.chartTable}" hidden="${state.chart === "none"}"
      @click="${() => this.#toggle()}">${icons.table()}</button>`;
    this.replaceChildren(
      html`<div class="chart-bar"><fieldset class="segments"><legend class="off-screen">${text.chart}</legend>
        ${choices}</fieldset>${this.source}${twin}</div>`,
      this.body,
    );
    this.body.hidden = state.chart === "none";
    if (state.chart === "scatter") this.#render();
    else if (state.chart !== "none") this.#load();
  }

  async #load() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const { chart, start, end } = this.#state;
    const params = formatQuestion(this.#state, end);
    for (const key of ["limit", "sort"]) params.delete(key);
    params.set("columns", String(COLUMNS));
    try {
      const answer = await get(`api/${chart}?${params}`, signal);
      this.#data = answer.data;
      this.source.textContent = text.countedAll(this.#data.counted, answer.partial?.message);
    } catch (error) {
      if (error.name === "AbortError") return;
      const local = distribute(this.#summaries, start, end, COLUMNS);
      this.#data = { ...local, points: columnsOf(local) };
      this.source.textContent = text.countedShown(this.#summaries.length);
    }
    if (this.isConnected) this.#render();
  }

  #toggle() {
    this.#asTable = !this.#asTable;
    this.querySelector("button[aria-pressed]").setAttribute("aria-pressed", String(this.#asTable));
    this.#render();
  }

  #render() {
    const { chart } = this.#state;
    if (chart !== "scatter" && !this.#data) return;
    this.body.classList.toggle("as-table", this.#asTable);
    if (this.#asTable) return this.body.replaceChildren(this.#table(chart));
    if (chart === "scatter") {
      const plot = html`<scatter-plot></scatter-plot>`;
      this.body.replaceChildren(plot);
      return plot.show(this.#summaries);
    }
    const plot = chart === "heatmap" ? html`<heat-map></heat-map>` : html`<histogram-chart></histogram-chart>`;
    this.body.replaceChildren(plot);
    plot.show(chart === "heatmap" ? this.#data : { ...this.#data, points: wholeRow(this.#data) });
  }

  #table(chart) {
    const { start, traces, errors, duration, trace } = text.chartColumns;
    if (chart === "scatter") {
      return table([start, duration, errors, trace], this.#summaries.map((summary) => [
        `${formatDay(summary.startTime, locale)} ${formatClock(summary.startTime, locale)}`,
        formatDuration(summary.duration),
        formatCount(summary.errors, locale),
        html`<a href="trace/${summary.traceID}">${summary.service} ${summary.operation}</a>`,
      ]));
    }
    const { startTime, step } = this.#data;
    const when = (column) => {
      const at = startTime + column * step;
      return `${formatDay(at, locale)} ${formatSecond(at, locale)}`;
    };
    if (chart === "histogram") {
      const points = wholeRow(this.#data).filter((point) => point.count > 0);
      return table([start, traces, errors], points.map(({ column, count, errors: failed }) =>
        [when(column), formatCount(count, locale), formatCount(failed, locale)]));
    }
    const cells = [...this.#data.cells].sort((a, b) => a.column - b.column || a.row - b.row);
    return table([start, duration, traces, errors], cells.map(({ column, row, count, errors: failed }) => {
      const { from, to } = this.#data.rows[row];
      const range = `${formatDuration(from)} – ${formatDuration(to)}`;
      return [when(column), range, formatCount(count, locale), formatCount(failed, locale)];
    }));
  }
}

/** The points of a histogram, also those that hold nothing. */
function wholeRow({ columns, points }) {
  const all = Array.from({ length: columns }, (_, column) => ({ column, count: 0, errors: 0 }));
  for (const point of points) if (all[point.column]) all[point.column] = point;
  return all;
}

function table(heads, rows) {
  return html`<div class="chart-table" tabindex="0" role="region" aria-label="${text.chartTable}"><table>
    <thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
    <tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

customElements.define("result-charts", ResultCharts);
