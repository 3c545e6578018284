import { peakOf, readRows, readSeries, stepFor, stretches } from "../../../Sources/CWebUI/ui/model/red.js";
import { bytesOnDisk, ledgerRows, reasonText, sumOf } from "../../../Sources/CWebUI/ui/model/status.js";
import { formatBytes, formatRate, formatShare } from "../../../Sources/CWebUI/ui/model/format.js";
import { equal, ok, test } from "./check.mjs";

const metric = (service, operation, values) => ({
  labels: [{ name: "service_name", value: service }, ...(operation ? [{ name: "operation", value: operation }] : [])],
  metricPoints: values.map((value, at) => ({
    gaugeValue: { doubleValue: value }, timestamp: new Date(at * 60_000).toISOString(),
  })),
});

test("series of the server are read with their gaps", () => {
  const [series] = readSeries({ metrics: [metric("shop", "GET /", [0.5, "NaN"])] });
  equal([series.service, series.operation, series.times], ["shop", "GET /", [0, 60e6]]);
  ok(series.values[0] === 0.5 && Number.isNaN(series.values[1]), "a gap is none");
  equal(readSeries({}), []);
});

test("points lie whole minutes apart, and not too many", () => {
  equal([stepFor(3600e6, 60), stepFor(60e6, 60), stepFor(86400e6, 60)], [60_000, 60_000, 1_440_000]);
  ok((86400e6 * 7) / 1e3 / stepFor(86400e6 * 7, 60) <= 60, "at most sixty");
});

test("rows are made of what each service had, the costliest has the whole impact", () => {
  const list = (values) => Object.entries(values).map(([service, value]) => ({
    service, operation: "", times: [0], values: [value],
  }));
  const rows = readRows({
    calls: list({ a: 2, b: 1, idle: 0 }), errors: list({ a: 0.5 }), p50: list({ a: 1 }), p95: list({ a: 10, b: 4 }),
    p99: [], trend: list({ a: 2 }),
  });
  equal(rows.map((row) => row.service), ["a", "b"]);
  equal([rows[0].errors, rows[0].p95, rows[0].impact, rows[1].impact], [0.5, 10_000, 1, 0.2]);
  ok(Number.isNaN(rows[1].errors) && Number.isNaN(rows[0].p99), "what is not known is none");
});

test("a line has gaps where there is no value, and a lone point is seen", () => {
  const lines = stretches([1, NaN, 2, 3], (at) => at, (value) => value);
  equal(lines, ["0.0,1.0 0.0,1.0", "2.0,2.0 3.0,3.0"]);
  equal(stretches([NaN], (at) => at, (value) => value), []);
  equal(peakOf([[1, NaN], [5]]), 5);
});

test("the ledger is added up, and says when it is off", () => {
  const rows = ledgerRows([
    { service: "a", received: 10, stored: 7, sampledOut: 2, rejected: { zero_span_id: 1 }, underWay: 0 },
    { service: "b", received: 5, stored: 4 },
  ]);
  equal([rows[0].rejected, rows[0].off, rows[1].off, sumOf(rows, "received")], [1, 0, 1, 15]);
  equal(reasonText({ too_large: 2, age: 1 }, String), "too large 2, age 1");
  equal([reasonText(undefined, String), bytesOnDisk({ segmentBytes: 3, logBytes: 4 })], ["", 7]);
});

test("bytes, shares and rates are written as people read them", () => {
  equal([0, 1023, 1024, 1536, 5 << 20].map(formatBytes), ["0 B", "1023 B", "1 KiB", "1.5 KiB", "5 MiB"]);
  equal([0, 0.00041, 0.125, 1].map(formatShare), ["0 %", "0.041 %", "12.5 %", "100 %"]);
  equal([0, 0.0123, 12.34, 1500].map(formatRate), ["0/s", "0.012/s", "12.3/s", "1.5k/s"]);
});
