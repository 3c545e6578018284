// Files that people drop on the page: whatever of Jaeger, OTLP or Zipkin is in them becomes traces in Jaeger's JSON.
// Nothing of a file is trusted: what has another form than it should is left out, never an error in the page.

import { readOTLP } from "./otlp-json.js";
import { readZipkin } from "./zipkin-json.js";

export class ImportError extends Error {}

/**
 * @param {string} content
 * @returns {{traces: object[], format: "jaeger" | "otlp" | "zipkin"}} traces as Jaeger writes them
 * @throws {ImportError} "json" or "traces": what it lacks
 */
export function readTraceFile(content) {
  const documents = parse(content);
  for (const [format, read] of READERS) {
    const traces = documents.flatMap(read).filter((trace) => trace.spans.length > 0);
    if (traces.length > 0) return { traces: joined(traces), format };
  }
  throw new ImportError("traces");
}

const READERS = [
  ["jaeger", readJaeger],
  ["otlp", readOTLP],
  ["zipkin", readZipkin],
];

/** One document, or one on each line. */
function parse(content) {
  try {
    return [JSON.parse(content)];
  } catch {
    const lines = content.split("\n").filter((line) => line.trim() !== "");
    try {
      return lines.map((line) => JSON.parse(line));
    } catch {
      throw new ImportError("json");
    }
  }
}

/** An answer of the API, a list of traces, or one of them. */
function readJaeger(document) {
  const list = Array.isArray(document) ? document : Array.isArray(document?.data) ? document.data : [document];
  return list
    .filter((trace) => trace && typeof trace === "object" && Array.isArray(trace.spans) && !("resource" in trace))
    .map((trace) => {
      const spans = trace.spans.filter((span) => span && typeof span === "object" && isID(span.spanID)).map(tidySpan);
      const processes = trace.processes && typeof trace.processes === "object" ? trace.processes : {};
      const traceID = isID(trace.traceID) ? trace.traceID : spans[0]?.traceID;
      return { traceID: String(traceID ?? ""), spans, processes: tidyProcesses(processes),
        warnings: texts(trace.warnings) };
    })
    .filter((trace) => isID(trace.traceID));
}

function tidySpan(span) {
  return {
    ...span,
    operationName: String(span.operationName ?? ""),
    startTime: finite(span.startTime),
    duration: span.duration === undefined ? undefined : finite(span.duration),
    references: objects(span.references),
    tags: objects(span.tags),
    logs: objects(span.logs).map((log) => ({ timestamp: finite(log.timestamp), fields: objects(log.fields) })),
    warnings: texts(span.warnings),
  };
}

function tidyProcesses(processes) {
  const tidy = Object.create(null);
  for (const [id, process] of Object.entries(processes)) {
    tidy[id] = { serviceName: String(process?.serviceName ?? ""), tags: objects(process?.tags) };
  }
  return tidy;
}

/** Spans of one trace may stand in several documents. */
function joined(traces) {
  const byID = new Map();
  for (const trace of traces) {
    const known = byID.get(trace.traceID);
    if (!known) {
      byID.set(trace.traceID, trace);
      continue;
    }
    const prefix = `${byID.size}.${known.spans.length}.`;
    for (const [id, process] of Object.entries(trace.processes)) known.processes[prefix + id] = process;
    known.spans.push(...trace.spans.map((span) => ({ ...span, processID: prefix + span.processID })));
  }
  return [...byID.values()];
}

export const isID = (value) => typeof value === "string" && /^[0-9a-f]{1,32}$/i.test(value);
export const objects = (value) => (Array.isArray(value) ? value.filter((item) => item && typeof item === "object")
  : []);
const texts = (value) => (Array.isArray(value) ? value.map(String) : []);

export function finite(value) {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}
