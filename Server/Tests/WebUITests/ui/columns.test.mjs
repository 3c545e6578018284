import { ColumnsError, decodeTraceColumns } from "../../../Sources/CWebUI/ui/model/trace-columns.js";
import { ERROR, MISSING, ORPHAN } from "../../../Sources/CWebUI/ui/model/trace.js";
import { equal, ok, test } from "./check.mjs";

/** The bytes that the server writes, one page for each list of [id, parent, start, length, service, name, flags,
  logs]. */
function bytes(pages) {
  const out = [];
  const word = (value) => out.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255);
  const pad = () => { while (out.length % 8) out.push(0); };
  const double = (value) => out.push(...new Uint8Array(new Float64Array([value]).buffer));
  const column = (values, put) => { values.forEach(put); pad(); };
  word(0x3143544d); word(0); word(1000); word(0);
  const texts = new Map();
  for (const rows of pages) {
    const fresh = [];
    const number = (text) => {
      if (!texts.has(text)) { texts.set(text, texts.size); fresh.push(new TextEncoder().encode(text)); }
      return texts.get(text);
    };
    const services = rows.map((row) => number(row[4]));
    const names = rows.map((row) => number(row[5]));
    word(1);
    const lengthAt = out.length;
    word(0);
    const logs = rows.flatMap((row) => row[7]);
    word(rows.length); word(logs.length); word(fresh.length); word(fresh.reduce((sum, text) => sum + text.length, 0));
    column(rows.map((row) => row[2]), double);
    column(rows.map((row) => row[3]), double);
    column(logs, double);
    column(rows, (row) => { word(row[0]); word(0); });
    column(rows, (row) => { word(row[1]); word(0); });
    column(services, word);
    column(names, word);
    column(rows, (row) => word(row[7].length));
    column(rows, () => out.push(2));
    column(rows, (row) => out.push(row[6]));
    column(fresh, (text) => word(text.length));
    fresh.forEach((text) => out.push(...text));
    pad();
    const length = out.length - lengthAt - 4;
    for (let k = 0; k < 4; k++) out[lengthAt + k] = (length >>> (8 * k)) & 255;
  }
  word(2); word(0);
  return new Uint8Array(out).buffer;
}

const pages = [
  [[1, 0, 0, 100, "shop", "GET é", 0, [5, 6]], [2, 1, 10, 20, "bank", "pay", ERROR, []]],
  [[3, 9, 30, 40, "shop", "stray", 0, [31]], [4, 2, 12, 5, "bank", "GET é", 0, []]],
];

test("columns of several pages become the same trace as Jaeger's JSON would", () => {
  const trace = decodeTraceColumns(bytes(pages), "ab");
  const names = Array.from({ length: trace.count }, (_, i) => trace.names[trace.name[i]]);
  equal(names, ["GET é", "pay", "GET é", "", "stray"]);
  equal([[...trace.parent], [...trace.depth]], [[-1, 0, 1, -1, 3], [0, 1, 2, 0, 1]]);
  equal([trace.spans, trace.count, trace.duration, trace.startTime], [4, 5, 100, 1]);
  equal([trace.flags[1], trace.flags[3], trace.flags[4]], [ERROR, MISSING, ORPHAN]);
  equal([trace.spanID(0), trace.spanID(3)], ["0000000000000001", "0000000000000009"]);
  equal([[...trace.logOffset], [...trace.logTime]], [[0, 2, 2, 2, 2, 3], [5, 6, 31]]);
  equal([trace.services, trace.detail], [["shop", "bank"], null]);
});

test("columns that were cut off anywhere are refused", () => {
  const whole = bytes(pages);
  for (let length = 0; length < whole.byteLength; length++) {
    let refused = false;
    try {
      decodeTraceColumns(whole.slice(0, length), "ab");
    } catch (error) {
      refused = error instanceof ColumnsError;
    }
    ok(refused, `${length} bytes were accepted`);
  }
});
