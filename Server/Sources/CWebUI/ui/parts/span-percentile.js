// How long a span took beside all of its kind: from the figures that the server keeps of every span, sampled or not.

import { html } from "../draw/html.js";
import { formatDuration } from "../model/format.js";
import { KINDS } from "../model/trace.js";
import * as api from "../state/trace-api.js";
import { text } from "../text/en.js";

const HOUR = 3600e3; // ms
const QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99];

/** @returns {Promise<Node>} never fails: what went wrong is said in it */
export async function spanPercentile(trace, span, signal) {
  const service = trace.services[trace.service[span]];
  const operation = trace.names[trace.name[span]];
  const end = Math.ceil((trace.startTime + trace.start[span] + trace.length[span]) / 1e3) + 60e3;
  const lead = html`<p class="dim">${text.amongItsKindLead(service, operation)}</p>`;
  try {
    const kind = KINDS[trace.kind[span]];
    const values = await Promise.all(QUANTILES.map((q) => quantile({ service, operation, kind, q, end }, signal)));
    if (values.some((value) => value === null)) return html`<div>${lead}<p>${text.noKind}</p></div>`;
    return html`<div class="among">${lead}${scale(values, trace.length[span])}
      <p class="dim number">${text.quantiles(...[0, 3, 4].map((k) => formatDuration(values[k])))}</p></div>`;
  } catch (error) {
    return html`<div>${lead}<p class="dim">${error.message}</p></div>`;
  }
}

async function quantile({ service, operation, kind, q, end }, signal) {
  const params = new URLSearchParams({
    service, quantile: q, groupByOperation: "true", spanKind: kind, endTs: end, lookback: HOUR, step: HOUR,
    ratePer: HOUR,
  });
  const { metrics = [] } = await api.metrics(`latencies?${params}`, signal);
  const series = metrics.find(({ labels }) => labels.some((label) => label.name === "operation"
    && label.value === operation));
  const value = Number(series?.metricPoints?.at(-1)?.gaugeValue?.doubleValue);
  return Number.isFinite(value) ? value * 1e3 : null;
}

/** Where the span stands between the quantiles, in words and on a line. */
function scale(values, length) {
  let below = values.findIndex((value) => length <= value);
  if (below < 0) below = QUANTILES.length;
  const words = below === 0 ? "< 50 %" : `${Math.round(QUANTILES[below - 1] * 100)} %`;
  const most = Math.max(length, values.at(-1)) * 1.05 || 1;
  const mark = (value, label, className) => {
    const element = html`<i class="${className}" title="${`${label} ${formatDuration(value)}`}"></i>`;
    element.style.left = `${(100 * value) / most}%`;
    return element;
  };
  return html`<p><strong>${formatDuration(length)}</strong> ${text.percentile(words)}</p>
    <div class="among-scale" aria-hidden="true">${values.map((value, k) => mark(value, `p${QUANTILES[k] * 100}`,
      "usual"))}
      ${mark(length, "", "here")}</div>`;
}
