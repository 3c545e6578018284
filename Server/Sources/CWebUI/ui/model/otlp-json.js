// OTLP's JSON (as exporters and collectors write it) as traces in Jaeger's.

const KIND_TAGS = ["", "internal", "server", "client", "producer", "consumer"];
const KIND_NAMES = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/** @returns {object[]} */
export function readOTLP(document) {
  const resources = list(document?.resourceSpans ?? document?.batches ?? document?.trace?.resourceSpans);
  const traces = new Map();
  resources.forEach((resource, number) => {
    const attributes = list(resource.resource?.attributes);
    const name = attributes.find(({ key }) => key === "service.name");
    const process = {
      serviceName: String(plain(name?.value) ?? "missing-service-name"),
      tags: attributes.filter((attribute) => attribute !== name).map(tag),
    };
    for (const scope of list(resource.scopeSpans ?? resource.instrumentationLibrarySpans)) {
      for (const span of list(scope.spans)) addSpan(traces, span, scope.scope, process, `p${number + 1}`);
    }
  });
  return [...traces.values()];
}

function addSpan(traces, span, scope, process, processID) {
  const traceID = id(span.traceId);
  const spanID = id(span.spanId);
  if (!traceID || !spanID) return;
  let trace = traces.get(traceID);
  if (!trace) traces.set(traceID, (trace = { traceID, spans: [], processes: Object.create(null), warnings: [] }));
  trace.processes[processID] = process;
  const start = micros(span.startTimeUnixNano);
  const end = micros(span.endTimeUnixNano);
  trace.spans.push({
    traceID,
    spanID,
    operationName: String(span.name ?? ""),
    references: references(span, traceID),
    startTime: start,
    duration: end === 0 ? undefined : Math.max(0, end - start),
    tags: [...scopeTags(scope), ...list(span.attributes).map(tag), ...fieldTags(span)],
    logs: list(span.events).map((event) => ({
      timestamp: micros(event.timeUnixNano),
      fields: [{ key: "event", type: "string", value: String(event.name ?? "") }, ...list(event.attributes).map(tag)],
    })),
    processID,
    warnings: [],
  });
}

function references(span, traceID) {
  const parent = id(span.parentSpanId);
  const links = list(span.links).map((link) => ({
    refType: "FOLLOWS_FROM",
    traceID: id(link.traceId) || traceID,
    spanID: id(link.spanId),
  }));
  const child = parent ? [{ refType: "CHILD_OF", traceID, spanID: parent }] : [];
  return [...child, ...links.filter(({ spanID }) => spanID)];
}

function scopeTags(scope) {
  const tags = [];
  if (scope?.name) tags.push({ key: "otel.scope.name", type: "string", value: String(scope.name) });
  if (scope?.version) tags.push({ key: "otel.scope.version", type: "string", value: String(scope.version) });
  return tags;
}

function fieldTags(span) {
  const tags = [];
  const named = KIND_NAMES.indexOf(String(span.kind).replace("SPAN_KIND_", ""));
  const kind = named >= 0 ? named : Number(span.kind);
  if (KIND_TAGS[kind]) tags.push({ key: "span.kind", type: "string", value: KIND_TAGS[kind] });
  const code = String(span.status?.code ?? "").replace("STATUS_CODE_", "");
  if (code === "OK" || code === "1") tags.push({ key: "otel.status_code", type: "string", value: "OK" });
  if (code === "ERROR" || code === "2") {
    tags.push({ key: "otel.status_code", type: "string", value: "ERROR" }, { key: "error", type: "bool", value: true });
  }
  if (span.status?.message) {
    tags.push({ key: "otel.status_description", type: "string", value: String(span.status.message) });
  }
  return tags;
}

function tag({ key, value }) {
  const found = plain(value);
  const type = value?.intValue !== undefined ? "int64" : typeof found === "number" ? "float64"
    : typeof found === "boolean" ? "bool" : "string";
  const shown = found === null || typeof found === "object" ? JSON.stringify(found) : found;
  return { key: String(key), type, value: shown };
}

const DEEPEST = 32;

/** The value that an AnyValue holds; beyond a depth that no honest one has, null. */
function plain(value, depth = 0) {
  if (!value || typeof value !== "object" || depth > DEEPEST) return null;
  if (value.stringValue !== undefined) return String(value.stringValue);
  if (value.boolValue !== undefined) return Boolean(value.boolValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.bytesValue !== undefined) return String(value.bytesValue);
  if (value.intValue !== undefined) {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : String(value.intValue);
  }
  if (value.arrayValue) return list(value.arrayValue.values).map((item) => plain(item, depth + 1));
  if (value.kvlistValue) {
    const entries = list(value.kvlistValue.values);
    return Object.fromEntries(entries.map((entry) => [String(entry.key), plain(entry.value, depth + 1)]));
  }
  return null;
}

/** Hexadecimal as OTLP's JSON has it, or base64 as some write it. */
function id(text) {
  if (typeof text !== "string" || /^0*$/.test(text)) return "";
  if (/^[0-9a-f]{16}(?:[0-9a-f]{16})?$/i.test(text)) return text.toLowerCase();
  try {
    const bytes = Array.from(atob(text), (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
    return bytes.length === 16 || bytes.length === 32 ? bytes : "";
  } catch {
    return "";
  }
}

function micros(nanoseconds) {
  const text = String(nanoseconds ?? "0");
  if (!/^\d{1,20}$/.test(text)) return 0;
  // Nanoseconds since 1970 have more digits than a double: the last three are what comes after the point.
  return text.length <= 3 ? Number(text) / 1000 : Number(text.slice(0, -3)) + Number(text.slice(-3)) / 1000;
}

function list(value) {
  return Array.isArray(value) ? value.filter((item) => item && typeof item === "object") : [];
}
