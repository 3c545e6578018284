// Zipkin's JSON (v2, and what of v1 is common) as traces in Jaeger's.

const KINDS = new Set(["client", "server", "producer", "consumer"]);

/** @returns {object[]} */
export function readZipkin(document) {
  const lists = Array.isArray(document) ? (Array.isArray(document[0]) ? document : [document]) : [[document]];
  const traces = new Map();
  for (const spans of lists) {
    if (!Array.isArray(spans)) continue;
    for (const span of spans) if (span && isID(span.traceId) && isID(span.id)) addSpan(traces, span);
  }
  return [...traces.values()].map(({ ids: _, ...trace }) => trace);
}

function addSpan(traces, span) {
  const traceID = span.traceId.toLowerCase();
  let trace = traces.get(traceID);
  if (!trace) traces.set(traceID, (trace = { traceID, spans: [], processes: Object.create(null), warnings: [],
    ids: new Set() }));
  const local = endpoint(span.localEndpoint) ?? endpoint(span.annotations?.[0]?.endpoint);
  const serviceName = local?.serviceName || "missing-service-name";
  const processID = `p-${serviceName}`;
  trace.processes[processID] ??= { serviceName, tags: addresses(local, "") };
  const kind = String(span.kind ?? "").toLowerCase();
  const { spanID, parent } = identity(trace, span, kind);
  trace.spans.push({
    traceID,
    spanID,
    operationName: String(span.name ?? ""),
    references: parent ? [{ refType: "CHILD_OF", traceID, spanID: parent }] : [],
    startTime: finite(span.timestamp),
    duration: span.duration === undefined ? 0 : finite(span.duration),
    tags: [...(KINDS.has(kind) ? [{ key: "span.kind", type: "string", value: kind }] : []), ...tags(span)],
    logs: (Array.isArray(span.annotations) ? span.annotations : [])
      .filter((annotation) => annotation && typeof annotation === "object")
      .map(({ timestamp, value }) => ({
        timestamp: finite(timestamp),
        fields: [{ key: "event", type: "string", value: String(value ?? "") }],
      })),
    processID,
    warnings: [],
  });
}

/** Both sides of a call may share an id: the server's then is the child of the client's, under an id of its own. */
function identity(trace, span, kind) {
  const id = span.id.toLowerCase();
  const parent = isID(span.parentId) ? span.parentId.toLowerCase() : "";
  if (kind === "server" && (span.shared === true || trace.ids.has(id))) {
    return { spanID: (BigInt(`0x${id}`) ^ 1n).toString(16).padStart(16, "0"), parent: id };
  }
  trace.ids.add(id);
  return { spanID: id, parent };
}

function tags(span) {
  const found = Object.entries(span.tags && typeof span.tags === "object" ? span.tags : {}).map(([key, value]) =>
    key === "error" ? { key, type: "bool", value: true } : { key, type: "string", value: String(value) },
  );
  if (typeof span.tags?.error === "string" && span.tags.error && span.tags.error !== "true") {
    found.push({ key: "error.message", type: "string", value: span.tags.error });
  }
  const remote = endpoint(span.remoteEndpoint);
  if (remote?.serviceName) found.push({ key: "peer.service", type: "string", value: remote.serviceName });
  return [...found, ...addresses(remote, "peer.")];
}

function endpoint(value) {
  return value && typeof value === "object" ? value : null;
}

function addresses(found, prefix) {
  return ["ipv4", "ipv6", "port"]
    .filter((key) => found?.[key])
    .map((key) => ({ key: prefix + key, type: "string", value: String(found[key]) }));
}

const isID = (value) => typeof value === "string" && /^[0-9a-f]{1,32}$/i.test(value);
const finite = (value) => (Number.isFinite(Number(value)) ? Number(value) : 0);
