import { findSpans } from "../../../Sources/CWebUI/ui/model/find.js";
import { decodeJaegerTrace } from "../../../Sources/CWebUI/ui/model/jaeger-json.js";
import { paintMinimap } from "../../../Sources/CWebUI/ui/model/minimap.js";
import * as model from "../../../Sources/CWebUI/ui/model/trace.js";
import { equal, ok, test } from "./check.mjs";

const span = (spanID, operationName, startTime, duration, more = {}) => ({
  traceID: "00ab", spanID, operationName, startTime, duration, processID: "p1",
  references: [], tags: [], logs: [], ...more,
});
const failed = [{ key: "error", type: "bool", value: true }];
const stocked = [{ timestamp: 1100, fields: [{ key: "event", type: "string", value: "Stock" }] }];
const childOf = (spanID) => ({ references: [{ refType: "CHILD_OF", traceID: "ab", spanID }] });

const json = {
  traceID: "00ab",
  processes: {
    p1: { serviceName: "shop", tags: [{ key: "hostname", type: "string", value: "node-1" }] },
    p2: { serviceName: "bank", tags: [] },
  },
  spans: [
    span("0c", "pay", 1300, 200, { ...childOf("a"), processID: "p2", tags: failed }),
    span("0a", "order", 1000, 900, { logs: stocked }),
    span("0b", "quote", 1100, 100, childOf("000a")),
    span("0d", "stray", 1500, 600, childOf("99")),
  ],
};

test("a trace of Jaeger becomes columns in the order of its tree", () => {
  const trace = decodeJaegerTrace(json);
  const ids = Array.from({ length: trace.count }, (_, i) => trace.spanID(i));
  equal(ids, ["0a", "0b", "0c", "99", "0d"]);
  equal([...trace.depth], [0, 1, 1, 0, 1]);
  equal([...trace.size], [3, 1, 1, 2, 1]);
  equal([trace.spans, trace.names[trace.name[3]], model.rootOf(trace)], [4, "", 0]);
  equal([trace.start[3], trace.length[3]], [500, 600]);
  equal(model.countFlag(trace, model.MISSING), 1);
  equal([trace.startTime, trace.duration, model.depthOf(trace)], [1000, 1100, 2]);
  equal([model.countFlag(trace, model.ERROR), model.countFlag(trace, model.ORPHAN)], [1, 1]);
  equal([...model.errorsBelow(trace)], [1, 0, 0, 0, 0]);
  equal([...trace.logTime], [100]);
  equal(trace.detail(2).references[0].span, 0);
  equal([model.spanNumber(trace, "000C"), model.spanNumber(trace, "e")], [2, -1]);
});

test("find looks at names, services, tags, logs and process", () => {
  const trace = decodeJaegerTrace(json);
  const found = (text) => [...findSpans(trace, text)];
  equal([found("PAY"), found("bank"), found("stock"), found("0d")], [[2], [2], [0], [4]]);
  equal([found("error=true"), found("error=false"), found("hostname=node")], [[2], [], [0, 1, 4]]);
  equal([found(""), found("nothing like it")], [[], []]);
});

test("an empty trace and one with missing fields do not break anything", () => {
  const empty = decodeJaegerTrace({ traceID: "1", spans: [], processes: {} });
  equal([empty.count, empty.duration, model.depthOf(empty)], [0, 0, 0]);
  const bare = decodeJaegerTrace({ traceID: "1", spans: [{ traceID: "1", spanID: "2", startTime: 5, duration: 1 }] });
  equal([bare.count, bare.services, bare.detail(0).tags], [1, [""], []]);
});

test("the overview paints every span inside its picture, errors on top", () => {
  const trace = decodeJaegerTrace(json);
  const pixels = new Uint32Array(50 * 20);
  paintMinimap(trace, pixels, 50, 20, Uint32Array.from(trace.services, (name) => (name === "shop" ? 1 : 2)), 9);
  ok(pixels.includes(1) && pixels.includes(9) && !pixels.includes(2), "bank has only the failed span");
});
