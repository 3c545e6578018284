import { ColumnsError } from "../../../Sources/CWebUI/ui/model/chunks.js";
import { decodeAttributeColumn, decodeTraceColumns } from "../../../Sources/CWebUI/ui/model/trace-columns.js";
import { ERROR, MISSING, ORPHAN, UNFINISHED, canonicalID } from "../../../Sources/CWebUI/ui/model/trace.js";
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

test("spans of columns are found by their ids, and so are parents that are missing", () => {
  const trace = decodeTraceColumns(bytes(pages), "ab");
  for (let i = 0; i < trace.count; i++) equal(trace.numberOf(canonicalID(trace.spanID(i))), i);
  equal(["5", "", "xyz", "11111111111111111", "100000000000001"].map(trace.numberOf), [-1, -1, -1, -1, -1]);
});

test("of a span that was reported while it ran and when it ended, the end is shown", () => {
  const twice = [
    [[1, 0, 0, 100, "shop", "GET", 0, []], [2, 1, 10, 0, "bank", "pay", UNFINISHED, [11]]],
    [[2, 1, 10, 20, "bank", "pay", 0, [11, 12]], [1, 0, 0, 100, "shop", "GET", 0, []],
      [2, 1, 10, 20, "shop", "pay", 0, []], [3, 2, 15, 5, "bank", "sql", 0, [16]]],
  ];
  const trace = decodeTraceColumns(bytes(twice), "ab");
  equal([trace.spans, trace.reported], [4, 6]);
  const shown = Array.from({ length: trace.count }, (_, i) => [trace.spanID(i).slice(-1), trace.length[i],
    trace.flags[i] & UNFINISHED, trace.depth[i]]);
  equal(shown, [["1", 100, 0, 0], ["2", 20, 0, 1], ["3", 5, 0, 2], ["2", 20, 0, 1]]);
  equal([[...trace.logOffset], [...trace.logTime]], [[0, 0, 2, 3, 3], [11, 12, 16]]);
  const said = decodeAttributeColumn(attribute([[1, 2, 1, 0, 2, 0], ["eu", "us"]]), trace);
  equal(Array.from(said.value, (number) => said.values[number]), [null, "eu", null, "us"]);
});

/** The bytes of an attribute's column, one page for each pair of numbers and new texts. */
function attribute(...pairs) {
  const words = [0x3141544d, 0];
  for (const [numbers, texts] of pairs) {
    const raw = texts.map((text) => [...new TextEncoder().encode(text)]);
    const flat = raw.flat();
    const page = [numbers.length, texts.length, flat.length, 0];
    const put = (values) => page.push(...values, ...(values.length % 2 ? [0] : []));
    put(numbers);
    put(raw.map((text) => text.length));
    const padded = Uint8Array.from({ length: Math.ceil(flat.length / 8) * 8 }, (_, k) => flat[k] ?? 0);
    page.push(...new Uint32Array(padded.buffer));
    words.push(1, 4 * page.length, ...page);
  }
  return Uint32Array.from([...words, 2, 0]).buffer;
}

test("an attribute's column follows the spans to their places; a trace that has grown meanwhile is refused", () => {
  const trace = decodeTraceColumns(bytes(pages), "ab");
  const said = decodeAttributeColumn(attribute([[1, 0], ["é"]], [[1, 2], ["<b>"]]), trace);
  // In the tree: spans 1, 2, 4, the missing 9, 3.
  equal(Array.from(said.value, (number) => said.values[number]), ["é", null, "<b>", null, "é"]);
  for (const wrong of [attribute([[1], ["x"]]), attribute(), bytes(pages)]) {
    let refused = false;
    try {
      decodeAttributeColumn(wrong, trace);
    } catch (error) {
      refused = error instanceof ColumnsError;
    }
    ok(refused, "a column of another trace was accepted");
  }
});
