// Edges of the system as a table, and paths through a service.

import { html } from "../draw/html.js";
import { formatCount, formatDuration, formatShare, shortID } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { edgeSearch } from "./edge-sheet.js";
import "./figure-table.js";

/** @param {import("../model/dependencies.js").Edge[]} edges maybe compared with another window */
export function edgeTable(edges, bounds, address) {
  const words = text.architecture.columns;
  const share = (edge) => (edge?.calls ? edge.errors / edge.calls : NaN);
  const link = (service) => html`<a href="${address(service)}">${service}</a>`;
  const count = (value) => (Number.isFinite(value) ? formatCount(value, locale) : "–");
  const columns = [
    { label: words.parent, value: (edge) => edge.parent, cell: (edge) => link(edge.parent) },
    { label: words.child, value: (edge) => edge.child, cell: (edge) => link(edge.child) },
    figure(words.calls, (edge) => edge.calls, count),
    figure(words.errors, (edge) => edge.errors, count),
    figure(words.share, share, formatShare),
    figure(words.p50, (edge) => edge.p50, formatDuration),
    figure(words.p95, (edge) => edge.p95, formatDuration),
    figure(words.max, (edge) => edge.max, formatDuration),
  ];
  if (edges.some((edge) => edge.change)) {
    columns.push(
      figure(words.callsBefore, (edge) => edge.before?.calls ?? NaN, count),
      figure(words.p95Before, (edge) => edge.before?.p95 ?? NaN, formatDuration),
      figure(words.shareBefore, (edge) => share(edge.before), formatShare),
      { label: words.change, value: (edge) => text.architecture.changes[edge.change] },
    );
  }
  columns.push({
    label: text.monitoring.traces,
    value: (edge) => edge.calls,
    cell: (edge) => html`<a href="${edgeSearch(edge, bounds)}">${text.architecture.traces}</a>`,
  });
  const table = html`<figure-table></figure-table>`;
  table.show({ label: text.architecture.edges, columns, rows: edges, sort: 2, rowClass: (edge) => edge.change ?? "" });
  return table;
}

/** @param {object} data of `/api/dependencies/paths` */
export function pathTable({ service, traces, paths }) {
  const words = text.architecture;
  const step = (place, at) => [at > 0 && " → ", html`<strong>${place.service}</strong>`, ` ${place.operation ?? ""}`];
  const columns = [
    {
      label: words.path,
      value: ({ path }) => path.map((place) => place.service).join(" "),
      cell: ({ path }) => html`<span class="path">${path.map(step)}</span>`,
    },
    figure(words.tracesColumn, (path) => path.traces, (value) => formatCount(value, locale)),
    figure(words.columns.calls, (path) => path.calls, (value) => formatCount(value, locale)),
    figure(words.columns.errors, (path) => path.errors, (value) => formatCount(value, locale)),
    figure(words.columns.p50, (path) => path.p50, formatDuration),
    figure(words.columns.p95, (path) => path.p95, formatDuration),
    {
      label: words.example,
      value: (path) => path.exampleTraceID,
      cell: (path) => html`<a href="trace/${path.exampleTraceID}"><code>${shortID(path.exampleTraceID)}</code></a>`,
    },
  ];
  const table = html`<figure-table></figure-table>`;
  table.show({ label: words.pathsOf(service, traces), columns, rows: paths, sort: 1 });
  return table;
}

/** A column of numbers. */
export function figure(label, value, format, title) {
  return { label, title, number: true, value, cell: (row) => format(value(row)) };
}
