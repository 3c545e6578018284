// Asks for rate, errors and durations: of all services, or of one and its operations.

import { readRows, readSeries, stepFor } from "../model/red.js";
import { get, services } from "./api.js";

const POINTS = 60; // of a chart
const TREND = 30; // of a line in a table
const AT_ONCE = 40; // services in one question

/**
 * @param {{start: number, end: number}} bounds µs since 1970
 * @param {{service: string, kind: string}} about "" is all services, a row each; else one, a row for each operation
 */
export async function redRows(bounds, { service, kind }, signal) {
  const names = service ? [service] : await services(signal);
  const whole = { lookback: 1, step: 60_000, ratePer: (bounds.end - bounds.start) / 1e3 };
  const trend = chartStep(bounds, TREND);
  const ask = (metric, window, extra = {}) => {
    const about = (part) => ({ part, kind, byOperation: service !== "" });
    return inParts(names, (part) => series(metric, bounds, { ...window, ...extra }, about(part), signal));
  };
  const [calls, errors, p50, p95, p99, trends] = await Promise.all([
    ask("calls", whole),
    ask("errors", whole),
    ask("latencies", whole, { quantile: 0.5 }),
    ask("latencies", whole, { quantile: 0.95 }),
    ask("latencies", whole, { quantile: 0.99 }),
    ask("calls", trend),
  ]);
  return readRows({ calls, errors, p50, p95, p99, trend: trends });
}

/** Series for the charts of a service, or of one of its operations. */
export async function redSeries(bounds, { service, operation, kind }, signal) {
  const window = chartStep(bounds, POINTS);
  const about = { part: [service], kind, byOperation: operation !== "" };
  const one = async (metric, extra = {}) => {
    const found = await series(metric, bounds, { ...window, ...extra }, about, signal);
    return found.find((candidate) => candidate.operation === operation) ?? { times: [], values: [] };
  };
  const [calls, errors, p50, p95, p99] = await Promise.all([
    one("calls"),
    one("errors"),
    one("latencies", { quantile: 0.5 }),
    one("latencies", { quantile: 0.95 }),
    one("latencies", { quantile: 0.99 }),
  ]);
  return { calls, errors, p50, p95, p99 };
}

function chartStep({ start, end }, points) {
  const step = stepFor(end - start, points);
  return { lookback: (end - start) / 1e3, step, ratePer: step };
}

async function series(metric, { end }, window, { part, kind, byOperation }, signal) {
  const params = new URLSearchParams({ endTs: String(Math.round(end / 1e3)), spanKind: kind });
  for (const service of part) params.append("service", service);
  if (byOperation) params.set("groupByOperation", "true");
  for (const [key, value] of Object.entries(window)) {
    params.set(key, String(key === "quantile" ? value : Math.max(1, Math.round(value))));
  }
  return readSeries(await get(`api/metrics/${metric}?${params}`, signal));
}

async function inParts(names, ask) {
  const parts = [];
  for (let at = 0; at < names.length; at += AT_ONCE) parts.push(names.slice(at, at + AT_ONCE));
  return (await Promise.all(parts.map(ask))).flat();
}
