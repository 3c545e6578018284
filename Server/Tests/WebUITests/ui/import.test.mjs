import { ImportError, readTraceFile } from "../../../Sources/CWebUI/ui/model/import-file.js";
import { decodeJaegerTrace } from "../../../Sources/CWebUI/ui/model/jaeger-json.js";
import { ERROR, KINDS, UNFINISHED } from "../../../Sources/CWebUI/ui/model/trace.js";
import { equal, ok, test } from "./check.mjs";

const otlp = {
  resourceSpans: [{
    resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }, { key: "host",
      value: { stringValue: "h" } }] },
    scopeSpans: [{ scope: { name: "lib" }, spans: [
      { traceId: "00000000000000000000000000000abc", spanId: "00000000000000a1", name: "GET", kind: 2,
        startTimeUnixNano: "1700000000000001500", endTimeUnixNano: "1700000000000101500", status: { code: 2,
          message: "no" },
        attributes: [{ key: "n", value: { intValue: "5" } }, { key: "l",
          value: { arrayValue: { values: [{ boolValue: true }] } } }],
        events: [{ timeUnixNano: "1700000000000002000", name: "e" }] },
      { traceId: "00000000000000000000000000000abc", spanId: "AAAAAAAAALI=", parentSpanId: "00000000000000a1",
        name: "open",
        kind: "SPAN_KIND_CLIENT", startTimeUnixNano: "1700000000000002500", endTimeUnixNano: "0" },
    ] }],
  }],
};

test("OTLP's JSON becomes a trace, with ids in either spelling and spans that have not ended", () => {
  const { traces, format } = readTraceFile(JSON.stringify(otlp));
  equal([format, traces.length], ["otlp", 1]);
  const trace = decodeJaegerTrace(traces[0]);
  equal([trace.count, trace.services[0], trace.spanID(1)], [2, "shop", "00000000000000b2"]);
  equal([trace.length[0], trace.parent[1], KINDS[trace.kind[0]], KINDS[trace.kind[1]]], [100, 0, "server", "client"]);
  equal([trace.flags[0] & ERROR, trace.flags[1] & UNFINISHED], [ERROR, UNFINISHED]);
  equal(trace.detail(0).tags.find(({ key }) => key === "l").value, "[true]");
  equal(trace.detail(0).tags.find(({ key }) => key === "n"), { key: "n", type: "int64", value: 5 });
});

test("a document on each line is as good as one", () => {
  const lines = `${JSON.stringify(otlp)}\n\n${JSON.stringify(otlp).replaceAll("00000000000000a1",
    "00000000000000c3")}\n`;
  const { traces } = readTraceFile(lines);
  equal([traces.length, traces[0].spans.length], [1, 4]);
});

test("Zipkin's JSON becomes a trace, and two sides with one id become two spans", () => {
  const span = (more) => ({ traceId: "ab", id: "1", name: "get", timestamp: 1000, duration: 50, ...more });
  const content = JSON.stringify([
    span({ kind: "CLIENT", localEndpoint: { serviceName: "web" }, remoteEndpoint: { serviceName: "db" } }),
    span({ kind: "SERVER", shared: true, localEndpoint: { serviceName: "api" }, tags: { error: "boom" } }),
  ]);
  const { traces, format } = readTraceFile(content);
  const trace = decodeJaegerTrace(traces[0]);
  equal([format, trace.count, trace.parent[1]], ["zipkin", 2, 0]);
  equal([trace.services, trace.flags[1] & ERROR], [["web", "api"], ERROR]);
  equal(trace.detail(0).tags.find(({ key }) => key === "peer.service").value, "db");
});

test("Jaeger's answers, lists and single traces are read, whatever is missing in them", () => {
  const trace = { traceID: "1", processes: { p: { serviceName: "s" } }, spans: [{ traceID: "1", spanID: "2",
    processID: "p", startTime: 5, duration: 1 }] };
  for (const content of [trace, [trace], { data: [trace] }]) {
    const { traces, format } = readTraceFile(JSON.stringify(content));
    equal([format, traces.length, decodeJaegerTrace(traces[0]).services[0]], ["jaeger", 1, "s"]);
  }
  const broken = { data: [{ traceID: "1", spans: [null, 5, { spanID: "zz" }, { spanID: "a", references: [null],
    tags: 7, logs: [{}] }] }] };
  equal(decodeJaegerTrace(readTraceFile(JSON.stringify(broken)).traces[0]).count, 1);
});

test("what is no trace is said to be none", () => {
  const refusal = (content) => {
    try {
      readTraceFile(content);
    } catch (error) {
      return error instanceof ImportError ? error.message : String(error);
    }
    return "accepted";
  };
  equal([refusal("nothing"), refusal("{}"), refusal("[]"), refusal("[1]"), refusal('{"data":[]}'), refusal("")],
    ["json", "traces", "traces", "traces", "traces", "traces"]);
});

test("names of prototypes are names", () => {
  const content = `{"traceID":"1","processes":{"__proto__":{"serviceName":"toString"}},"spans":[
    {"spanID":"2","processID":"__proto__",
    "operationName":"constructor","startTime":1,"duration":1,"tags":[{"key":"__proto__","value":"x"}]}]}`;
  const trace = decodeJaegerTrace(readTraceFile(content).traces[0]);
  equal([trace.services[0], trace.names[0], {}.polluted], ["toString", "constructor", undefined]);
  ok(trace.someAttribute(0, (key) => key === "__proto__"), "the tag is there");
});
