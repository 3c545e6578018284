// Monitor: rate, errors and durations of services and operations, from figures of every span, and from each point the
// way to its traces.

import { html } from "../draw/html.js";
import { formatDuration, formatRate, formatShare } from "../model/format.js";
import { MONITOR_DEFAULTS, formatWindow, parseWindow } from "../model/window-state.js";
import { get, operations, services } from "../state/api.js";
import { provide } from "../state/commands.js";
import { navigate } from "../state/navigation.js";
import { redRows, redSeries } from "../state/red.js";
import { figure } from "../parts/edge-tables.js";
import { sparkline } from "../parts/line-chart.js";
import { emptyNotice, errorNotice, loadingNotice } from "../parts/notice.js";
import { boundsOf } from "../parts/window-bar.js";
import { text } from "../text/en.js";
import "../parts/combo-box.js";
import "../parts/figure-table.js";
import "../parts/heat-map.js";

class MonitorPage extends HTMLElement {
  #state = MONITOR_DEFAULTS;
  #asking = new AbortController();
  #bounds = null;

  connectedCallback() {
    const words = text.monitoring;
    this.window = html`<window-bar @window="${(event) => this.#go(event.detail)}"></window-bar>`;
    this.service = html`<combo-box .inputID="${"monitor-service"}" .placeholder="${words.all}" .free="${true}"
      @choose="${(event) => this.#go({ service: event.detail, operation: "" })}"></combo-box>`;
    this.operation = html`<combo-box .inputID="${"monitor-operation"}" .placeholder="${words.allOperations}"
      .free="${true}" @choose="${(event) => this.#go({ operation: event.detail })}"></combo-box>`;
    const kinds = Object.entries(words.kinds).map(([value, label]) => html`<option value="${value}">${label}</option>`);
    this.kind = html`<select id="monitor-kind" @change="${(event) => this.#go({ kind: event.target.value })}">
      ${kinds}</select>`;
    this.body = html`<div class="page-body"></div>`;
    this.replaceChildren(
      html`<header class="page-header"><h1>${words.title}</h1>${this.window}</header>`,
      html`<div class="tool-row">
        <div class="inline-field"><label for="monitor-service">${words.service}</label>${this.service}</div>
        <div class="inline-field"><label for="monitor-operation">${words.operation}</label>${this.operation}</div>
        <div class="inline-field"><label for="monitor-kind">${words.kind}</label>${this.kind}</div>
        <span class="spring"></span><p class="hint">${words.minutes}</p></div>`,
      this.body,
    );
    this.addEventListener("traces", (event) => this.#traces(event.detail));
    this.addEventListener("narrow", (event) => this.#traces(event.detail));
    this.release = provide({
      "monitor.service": () => this.service.input.focus(),
      "monitor.earlier": () => this.window.earlier(),
      "monitor.later": () => this.window.later(),
    });
  }

  disconnectedCallback() {
    this.release();
    this.#asking.abort();
  }

  show({ query }) {
    document.title = `${text.monitoring.title} – ${text.product}`;
    this.#state = parseWindow(query, MONITOR_DEFAULTS);
    this.window.show(this.#state);
    this.service.value = this.#state.service;
    this.operation.value = this.#state.operation;
    this.operation.input.disabled = this.#state.service === "";
    this.kind.value = this.#state.kind;
    this.#load();
  }

  async #load() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.#bounds = boundsOf(this.#state);
    this.body.setAttribute("aria-busy", "true");
    if (!this.body.firstChild) this.body.replaceChildren(loadingNotice());
    this.#suggest(signal);
    try {
      const { service } = this.#state;
      const [rows, series] = await Promise.all([
        redRows(this.#bounds, this.#state, signal),
        service ? redSeries(this.#bounds, this.#state, signal) : null,
      ]);
      if (!signal.aborted) this.#render(rows, series);
    } catch (error) {
      if (error.name !== "AbortError") this.body.replaceChildren(errorNotice(error, () => this.#load()));
    } finally {
      if (!signal.aborted) this.body.removeAttribute("aria-busy");
    }
  }

  async #suggest(signal) {
    try {
      this.service.options = (await services(signal)).sort((a, b) => a.localeCompare(b));
      if (this.#state.service) this.operation.options = await operations(this.#state.service, signal);
    } catch {
      // The fields take any name.
    }
  }

  #render(rows, series) {
    const words = text.monitoring;
    const { service } = this.#state;
    if (rows.length === 0) {
      const lead = words.nothingLead(words.kinds[this.#state.kind] ?? this.#state.kind);
      return this.body.replaceChildren(emptyNotice(words.nothing, lead, words.nothingHints));
    }
    const table = html`<figure-table></figure-table>`;
    const label = service ? words.operations(service) : words.services;
    table.show({ label, columns: this.#columns(), rows, sort: 5 });
    const charts = series ? [this.#charts(series)] : [];
    this.body.replaceChildren(...charts, html`<h2 class="table-title">${label}</h2>`, table);
  }

  #charts({ calls, errors, p50, p95, p99 }) {
    const words = text.monitoring;
    const grid = html`<div class="chart-grid"></div>`;
    const add = (chart) => {
      const element = html`<line-chart></line-chart>`;
      grid.append(element);
      if (chart.times.length) element.show(chart);
    };
    const { times } = calls;
    add({ title: words.requests, times, lines: [{ label: words.rate, values: calls.values }], format: formatRate });
    const failed = [{ label: words.errors, values: errors.values }];
    add({ title: words.errorShare, times, lines: failed, format: formatShare });
    const latency = (milliseconds) => formatDuration(milliseconds * 1e3);
    const quantiles = [[words.p99, p99], [words.p95, p95], [words.p50, p50]];
    const lines = quantiles.map(([label, series]) => ({ label, values: series.values }));
    add({ title: words.latency, times, lines, format: latency });
    grid.append(this.#heatmap());
    return grid;
  }

  #heatmap() {
    const map = html`<heat-map></heat-map>`;
    const figureElement = html`<figure class="line-chart">
      <figcaption><strong>${text.monitoring.heatmap}</strong></figcaption>
      <div class="chart-body heat">${map}</div></figure>`;
    this.#askHeatmap(map).catch(() => figureElement.remove()); // the other charts stand without it
    return figureElement;
  }

  async #askHeatmap(map) {
    const params = this.#searchParams(this.#bounds);
    params.set("of", "spans");
    params.set("columns", "48");
    const { data } = await get(`api/heatmap?${params}`, this.#asking.signal);
    if (map.isConnected) map.show(data);
  }

  #columns() {
    const words = text.monitoring;
    const { service } = this.#state;
    const target = (row) => `monitor?${formatWindow({ ...this.#state, service: row.service, operation: row.operation },
      MONITOR_DEFAULTS)}`;
    const name = (row) => (service ? row.operation : row.service);
    return [
      {
        label: service ? words.operation : words.service,
        value: name,
        cell: (row) => html`<a href="${target(row)}">${name(row) || text.unnamed}</a>`,
      },
      figure(words.rate, (row) => row.rate, formatRate),
      figure(words.errors, (row) => row.errors, formatShare),
      figure(words.p50, (row) => row.p50, formatDuration),
      figure(words.p95, (row) => row.p95, formatDuration),
      { label: words.impact, title: words.impactTitle, number: true, value: (row) => row.impact, cell: impactCell },
      { label: words.trend, value: (row) => row.rate, cell: (row) => sparkline(row.trend, words.requests) },
      { label: words.traces, value: (row) => row.errors, cell: (row) => this.#traceLinks(row) },
    ];
  }

  #traceLinks(row) {
    const words = text.monitoring;
    const about = Object.fromEntries(this.#searchParams(this.#bounds, row));
    const search = (extra) => `search?${new URLSearchParams({ ...about, lookback: "custom", ...extra })}`;
    return html`<span class="links"><a href="${search({ sort: "longest" })}">${words.slowest}</a>
      ${row.errors > 0 && html`<a href="${search({ status: "error" })}">${words.failed}</a>`}</span>`;
  }

  /** A search for what the figures are about. */
  #searchParams({ start, end }, row = this.#state) {
    const params = new URLSearchParams({ start: String(Math.floor(start)), end: String(Math.ceil(end)) });
    if (row.service) params.set("service", row.service);
    if (row.operation) params.set("operation", row.operation);
    return params;
  }

  /** From a point, or a rectangle of the heatmap, to its traces. */
  #traces({ start, end, least, most }) {
    const params = this.#searchParams({ start, end });
    params.set("kind", this.#state.kind);
    params.set("lookback", "custom");
    if (least !== undefined) {
      params.set("minDuration", `${Math.floor(least)}us`);
      params.set("maxDuration", `${Math.ceil(most)}us`);
    }
    navigate(`search?${params}`);
  }

  #go(change) {
    navigate(`monitor?${formatWindow({ ...this.#state, ...change }, MONITOR_DEFAULTS)}`);
  }
}

function impactCell({ impact }) {
  const fill = html`<span class="meter-fill"></span>`;
  fill.style.width = `${100 * impact}%`;
  return html`<span class="impact"><span class="meter">${fill}</span>
    <span class="off-screen">${formatShare(impact)}</span></span>`;
}

customElements.define("monitor-page", MonitorPage);
