// One line of a result list, from the server's summary of a trace.

/**
 * @typedef {object} Summary
 * @property {string} traceID
 * @property {string} service of the root
 * @property {string} operation of the root
 * @property {boolean} rooted false when the trace has no span without a parent
 * @property {number} startTime epoch µs
 * @property {number} duration µs
 * @property {number} spans
 * @property {number} errors
 * @property {{name: string, spans: number, errors: number}[]} services most spans first
 * @property {number} matched how many spans matched; 0 when that was not asked
 * @property {string} firstMatch the id of the first of them
 * @property {Record<string, string[]>} values of the attributes asked for
 */

/** @returns {Summary} */
export function readSummary(json) {
  const [start, startNanos] = nanoseconds(json.minStartTimeUnixNano);
  const [end, endNanos] = nanoseconds(json.maxEndTimeUnixNano);
  const services = (json.services ?? []).map(({ name, spanCount, errorSpanCount }) => ({
    name: name ?? "",
    spans: spanCount ?? 0,
    errors: errorSpanCount ?? 0,
  }));
  services.sort((a, b) => b.spans - a.spans || compare(a.name, b.name));
  const rooted = Boolean(json.rootServiceName || json.rootOperationName);
  return {
    traceID: shorten(json.traceId ?? ""),
    service: json.rootServiceName || services[0]?.name || "",
    operation: json.rootOperationName ?? "",
    rooted,
    startTime: start + startNanos / 1e3,
    duration: Math.max(0, end - start + (endNanos - startNanos) / 1e3),
    spans: json.spanCount ?? 0,
    errors: json.errorSpanCount ?? 0,
    services,
    matched: json.matchedSpanCount ?? 0,
    firstMatch: json.firstMatchedSpanId ?? "",
    values: Object.fromEntries((json.attributes ?? []).map(({ key, values }) => [key, values])),
  };
}

/** Ids of 64 bits are written without the zeros in front, as Jaeger does. */
function shorten(id) {
  return id.length === 32 && id.startsWith("0000000000000000") ? id.slice(16) : id;
}

/** Nanoseconds since 1970 exceed what a number holds exactly: whole µs, and the nanoseconds that are left. */
function nanoseconds(text) {
  const digits = String(text ?? "0");
  return [Number(digits.slice(0, -3) || 0), Number(digits.slice(-3))];
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
