import { text } from "../../../Sources/CWebUI/ui/text/en.js";
import { search } from "../../../Sources/CWebUI/ui/text/en/search.js";
import { shell } from "../../../Sources/CWebUI/ui/text/en/shell.js";
import { status } from "../../../Sources/CWebUI/ui/text/en/status.js";
import { system } from "../../../Sources/CWebUI/ui/text/en/system.js";
import { trace } from "../../../Sources/CWebUI/ui/text/en/trace.js";
import { HUES, colourSlots } from "../../../Sources/CWebUI/ui/model/colour.js";
import * as format from "../../../Sources/CWebUI/ui/model/format.js";
import { formatLogfmt, parseLogfmt } from "../../../Sources/CWebUI/ui/model/logfmt.js";
import { clockTicks, niceTicks } from "../../../Sources/CWebUI/ui/model/scale.js";
import { equal, ok, test } from "./check.mjs";

test("durations have three digits and the unit that fits", () => {
  const cases = {
    0: "0 µs", 1: "1 µs", 45: "45 µs", 999: "999 µs", 1000: "1 ms", 1250: "1.25 ms", 12_345: "12.3 ms",
    999_400: "999 ms", 999_600: "1 s", 1_234_567: "1.23 s", 59_940_000: "59.9 s", 59_960_000: "1m", 65e6: "1m 5s",
    3600e6: "1h", 7380e6: "2h 3m", 100_800e6: "1d 4h",
  };
  for (const [micros, text] of Object.entries(cases)) equal(format.formatDuration(Number(micros)), text);
  equal(format.formatDuration(0.25), "250 ns");
  equal(format.formatDuration(-1500), "−1.5 ms");
  equal(format.formatDuration(NaN), "–");
});

test("durations that the server reads are told from those it does not", () => {
  for (const text of ["1.2ms", "1m30s", "0", "100us", "5µs", ".5s", "3h"]) ok(format.isDuration(text), text);
  for (const text of ["", "12", "ms", "1 s", "1.2.3s", "5d", "-1s"]) ok(!format.isDuration(text), text);
});

test("look-backs and trace ids are read as people write them", () => {
  equal(["5m", "1h", "2d", "4w", "custom", ""].map(format.parseLookback), [3e8, 36e8, 1728e8, 24192e8, null, null]);
  equal(format.parseTraceID(" 0xABC123 "), "abc123");
  equal(format.parseTraceID("4bf92f35-77b3-4da6-a3ce-929d0e0e4736"), "4bf92f3577b34da6a3ce929d0e0e4736");
  equal([format.parseTraceID("xyz"), format.parseTraceID(""), format.parseTraceID("a".repeat(33))], [null, null, null]);
});

test("ticks are round, inside the range and as many as fit", () => {
  equal(niceTicks(0, 600, 4), [0, 200, 400, 600]);
  equal(niceTicks(130, 270, 5), [150, 200, 250]);
  equal(niceTicks(5, 5, 5), [5]);
  for (const [from, to, wanted] of [[0, 1, 3], [0, 1e12, 8], [99, 101.5, 6], [0, 3, 2]]) {
    const ticks = niceTicks(from, to, wanted);
    ok(ticks.length >= 1 && ticks.length <= wanted + 1, `${ticks.length} ticks for ${wanted}`);
    ok(ticks.every((tick) => tick >= from - 1e-6 && tick <= to + 1e-6), "a tick outside");
  }
  equal(clockTicks(0, 3600e6, 4), [0, 900e6, 1800e6, 2700e6, 3600e6]);
  const labels = [format.formatTick(0, 50e3), format.formatTick(150e3, 50e3), format.formatTick(1.2e6, 2e5)];
  equal(labels, ["0", "150 ms", "1.2 s"]);
});

test("tags in logfmt are read, written and refused with a position", () => {
  equal(parseLogfmt(`error=true http.status_code=500 msg="a \\"b\\" c" flag empty=`), {
    error: "true", "http.status_code": "500", msg: 'a "b" c', flag: "true", empty: "",
  });
  equal(parseLogfmt("  "), {});
  for (const tags of [{ a: "1" }, { k: 'with "quotes" and \\' }, { x: "" }, { u: "a=b" }, { n: "ä ö" }]) {
    equal(parseLogfmt(formatLogfmt(tags)), tags);
  }
  for (const [text, position] of [['a=1 b="open', 4], ["=1", 0], ['a=1 "b"', 4]]) {
    let at = -1;
    try {
      parseLogfmt(text);
    } catch (error) {
      at = error.position;
    }
    equal([text, at], [text, position]);
  }
  equal(parseLogfmt("__proto__=1 a=2").a, "2");
});

test("a service keeps its colour, and no two of a set share one", () => {
  const names = Array.from({ length: 12 }, (_, i) => `service-${i}`);
  const slots = colourSlots(names);
  equal(new Set(slots.values()).size, HUES);
  equal([...colourSlots([...names].reverse())], [...slots]);
  equal(colourSlots(["frontend"]).get("frontend"), colourSlots(["frontend"]).get("frontend"));
  const many = colourSlots(Array.from({ length: 24 }, (_, i) => `s${i}`));
  equal(new Set(many.values()).size, 24);
  equal(colourSlots(Array.from({ length: 100 }, (_, i) => `s${i}`)).size, 100);
});

test("no area of the interface takes the words of another", () => {
  const taken = [];
  for (const area of [search, shell, status, system, trace]) {
    for (const key of Object.keys(area)) if (text[key] !== area[key]) taken.push(key);
  }
  equal(taken, []);
});
