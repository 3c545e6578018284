import * as dependencies from "../../../Sources/CWebUI/ui/model/dependencies.js";
import { layOut } from "../../../Sources/CWebUI/ui/model/layered-layout.js";
import {
  SYSTEM_DEFAULTS, endAgainst, formatWindow, parseWindow,
} from "../../../Sources/CWebUI/ui/model/window-state.js";
import { equal, ok, test } from "./check.mjs";

const edge = (parent, child, calls = 1, errors = 0) => ({ parent, child, calls, errors, p50: 1, p95: 2, max: 3 });

test("each service stands behind those that call it", () => {
  const plan = layOut(4, [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: 0, to: 2 }, { from: 2, to: 3 }]);
  equal([...plan.layer], [0, 1, 2, 3]);
  equal(plan.layers, 4);
});

test("circles, services that call themselves and long chains are laid out, none upon another", () => {
  const circle = layOut(3, [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: 2, to: 0 }, { from: 1, to: 1 }]);
  equal(new Set(circle.layer).size, 3);
  const count = 20_000;
  const chain = layOut(count, Array.from({ length: count - 1 }, (_, at) => ({ from: at, to: at + 1 })));
  equal(chain.layer[count - 1], count - 1);
  const fan = layOut(30, Array.from({ length: 29 }, (_, at) => ({ from: 0, to: at + 1 })));
  const places = [...fan.place].slice(1).sort((a, b) => a - b);
  ok(places.every((place, at) => at === 0 || place - places[at - 1] >= 1 - 1e-9), "two nodes overlap");
  equal(layOut(0, []).layers, 0);
});

test("what belongs to a service is what it calls and what calls it, so many hops away", () => {
  const edges = [edge("a", "b"), edge("b", "c"), edge("c", "d"), edge("x", "c"), edge("a", "y")];
  const pairs = (hops) => dependencies.around(edges, "b", hops).map(({ parent, child }) => parent + child);
  equal(pairs(1), ["ab", "bc"]);
  equal(pairs(2), ["ab", "bc", "cd"]);
  equal(dependencies.incoming(edges).get("c"), { calls: 2, errors: 0 });
});

test("one window is compared with another edge by edge", () => {
  const compared = dependencies.against([edge("a", "b", 4), edge("a", "c", 1)], [edge("a", "b", 2), edge("z", "a", 7)]);
  equal(compared.map(({ change }) => change), ["same", "added", "removed"]);
  equal([compared[0].before.calls, compared[2].calls, compared[2].before.calls], [2, 0, 7]);
  equal(dependencies.ratio(4, 2), 2);
  ok(Number.isNaN(dependencies.ratio(4, 0)) && Number.isNaN(dependencies.ratio(NaN, 2)), "no ratio");
});

test("figures of the server are read in µs, missing ones as none", () => {
  const [known, unknown] = dependencies.readEdges([
    { parent: "a", child: "b", callCount: 3, errorCount: 1, latencyMilliseconds: { p50: 1.5, p95: 2, p99: 3, max: 4 } },
    { parent: "a", child: "c", callCount: 1 },
  ]);
  equal([known.calls, known.errors, known.p50, known.max], [3, 1, 1500, 4000]);
  ok(Number.isNaN(unknown.p95) && unknown.errors === 0, "no latency");
});

test("the state of a window survives the address bar, and nonsense falls back", () => {
  const state = { ...SYSTEM_DEFAULTS, lookback: "7d", end: 1700000000000000, service: "a&b", hops: 3, view: "paths" };
  equal(parseWindow(formatWindow(state, SYSTEM_DEFAULTS), SYSTEM_DEFAULTS), state);
  equal(formatWindow(SYSTEM_DEFAULTS, SYSTEM_DEFAULTS), "");
  equal(parseWindow("lookback=soon&end=x&hops=-1&view=3d&against=never", SYSTEM_DEFAULTS), SYSTEM_DEFAULTS);
  equal(endAgainst({ against: "day", lookback: "1h" }, 86400e6), 0);
  equal(endAgainst({ against: "none", lookback: "1h" }, 5), null);
});
