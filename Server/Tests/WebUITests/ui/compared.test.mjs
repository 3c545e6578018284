import * as compared from "../../../Sources/CWebUI/ui/model/compared.js";
import { equal, test } from "./check.mjs";

const node = (id, parent, operation, self, more = {}) => ({
  id, parent, depth: parent === null ? 0 : 1, service: "shop", operation, kind: "server", self, count: 1, ...more,
});

test("two flame graphs become one, by path, with the change of own time for each trace", () => {
  const before = { traces: 2, nodes: [node(0, null, "GET", 100), node(1, 0, "db", 40), node(2, 0, "old", 10)] };
  const after = { traces: 1, nodes: [node(0, null, "GET", 30), node(1, 0, "new", 5), node(2, 0, "db", 90)] };
  const merged = compared.mergeFlames(before, after);
  equal(merged.map(({ operation, change, delta, parent }) => [operation, change, delta, parent]), [
    ["GET", "same", -20, null], ["db", "same", 70, 0], ["old", "removed", -5, 0], ["new", "added", 5, 0],
  ]);
});

test("what a rule picks comes with all above it", () => {
  const nodes = [node(0, null, "a", 1), node(1, 0, "b", 1), node(2, 1, "c", 9), node(3, 0, "d", 1)];
  const picked = compared.pickNodes(nodes, ({ self }) => self > 5);
  equal(picked.map(({ operation, parent }) => [operation, parent]), [["a", null], ["b", 0], ["c", 1]]);
});

test("ids and searches are read from links too", () => {
  equal(compared.readTraceID(" 0xAB "), "ab");
  equal(compared.readTraceID("https://x.example/jaeger/trace/00ab?uiFind=1"), "00ab");
  equal([compared.readTraceID("nothing"), compared.readTraceID("")], ["", ""]);
  equal(compared.readSearch("https://x.example/search?service=a&lookback=1h"), "service=a&lookback=1h");
  equal([compared.readSearch("service=a"), compared.readSearch("my shop"), compared.readSearch("")],
    ["service=a", "service=my%20shop", ""]);
});

test("both sides of two searches have the same paths at the same places, as wide as a trace of each takes", () => {
  const before = { traces: 2, nodes: [node(0, null, "GET", 100), node(1, 0, "db", 40), node(2, 0, "old", 10)] };
  const after = { traces: 1, nodes: [node(0, null, "GET", 30), node(1, 0, "new", 5), node(2, 0, "db", 90)] };
  const merged = compared.mergeFlames(before, after);
  const places = (side, traces) => {
    const { from, total, whole } = compared.flamePlaces(merged, side, traces);
    return [[...from], [...total], whole];
  };
  equal(places("a", 2), [[0, 0, 20, 25], [75, 20, 5, 0], 75]);
  equal(places("b", 1), [[0, 0, 90, 90], [125, 90, 0, 5], 125]);
  equal(compared.flamePlaces([], "a", 0).whole, 0);
});
