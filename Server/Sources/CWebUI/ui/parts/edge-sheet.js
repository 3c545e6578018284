// One edge of the system, with all of its figures and the way to its traces.

import { html } from "../draw/html.js";
import { formatCount, formatDuration, formatShare } from "../model/format.js";
import { locale, text } from "../text/en.js";
import { openSheet } from "./sheet.js";

/** @param {{start: number, end: number}} bounds µs since 1970 */
export function openEdge(edge, bounds) {
  const words = text.architecture;
  const rows = [
    [words.columns.calls, formatCount(edge.calls, locale), edge.before && formatCount(edge.before.calls, locale)],
    [words.columns.errors, errorsOf(edge), edge.before && errorsOf(edge.before)],
    [words.columns.p50, formatDuration(edge.p50), edge.before && formatDuration(edge.before.p50)],
    [words.columns.p95, formatDuration(edge.p95), edge.before && formatDuration(edge.before.p95)],
    [words.columns.max, formatDuration(edge.max), edge.before && formatDuration(edge.before.max)],
  ];
  const heads = edge.before && html`<thead><tr><td></td><th>${text.now}</th><th>${words.against}</th></tr></thead>`;
  const body = rows.map(([name, now, before]) => html`<tr><th scope="row">${name}</th>
    <td class="number-cell">${now}</td>${edge.before && html`<td class="number-cell dim">${before}</td>`}</tr>`);
  const sheet = openSheet({
    title: `${edge.parent} → ${edge.child}`,
    name: "settings-sheet",
    content: html`<div class="settings"><table class="facts">${heads}<tbody>${body}</tbody></table>
      <p class="links"><a href="${edgeSearch(edge, bounds)}">${words.traces}</a>
        <a href="${edgeSearch(edge, bounds, " && status = error")}">${words.onlyErrors}</a></p></div>`,
  });
  sheet.addEventListener("click", (event) => event.target.closest("a") && sheet.close());
}

/** The search for traces in which one service calls the other. */
export function edgeSearch({ parent, child }, { start, end }, condition = "") {
  const service = (name) => `resource.service.name = ${JSON.stringify(name)}`;
  const params = new URLSearchParams({
    q: `{ ${service(parent)} } > { ${service(child)}${condition} }`,
    lookback: "custom",
    start: String(Math.floor(start)),
    end: String(Math.ceil(end)),
  });
  return `search?${params}`;
}

function errorsOf({ calls, errors }) {
  return `${formatCount(errors, locale)}${calls ? ` (${formatShare(errors / calls)})` : ""}`;
}
