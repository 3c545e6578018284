import { attributeLinks, traceLinks } from "../../../Sources/CWebUI/ui/model/links.js";
import { formatTraceState, parseTraceState, threshold } from "../../../Sources/CWebUI/ui/model/trace-state.js";
import { bounded, isWhole, panned, zoomed } from "../../../Sources/CWebUI/ui/model/zoom.js";
import { equal, ok, test } from "./check.mjs";

test("the state of a trace page survives the address bar", () => {
  const state = {
    view: "statistics", find: "a=b c", selected: "00f067aa0ba902b7", zoom: [10.5, 2000], collapsed: "kAB_-",
    revealed: "B", unfolded: "C", under: "1%", by: "http.method", at: "4", group: "kind", within: "operation",
    sort: "-total", open: ["0a", "ff"], off: ["a b", "c&d"], path: false, only: true, repeats: true, skew: true,
    merged: true, raw: true,
  };
  const read = parseTraceState(formatTraceState(state));
  for (const key of Object.keys(state)) equal([key, read[key]], [key, state[key]]);
  equal(formatTraceState(parseTraceState("")), "");
});

test("Jaeger's links keep working, and nonsense falls back to the whole trace", () => {
  equal(parseTraceState("uiFind=order").find, "order");
  const state = parseTraceState("z=9-3&c=%00&view=pie&d=xyz.0a");
  equal([state.zoom, state.view, state.open], [null, "timeline", ["0a"]]);
});

test("a threshold is a time, or a share of the trace", () => {
  equal([threshold("5ms", 1e6), threshold("1%", 1e6), threshold("1.5s", 0)], [5000, 10000, 1.5e6]);
  ok(Number.isNaN(threshold("soon", 1)) && Number.isNaN(threshold("", 1)), "what is no time is none");
});

test("zooming keeps its point and stays within the trace", () => {
  equal(bounded(null, 100), [0, 100]);
  equal(bounded([-20, 30], 100), [0, 50]);
  equal(bounded([80, 160], 100), [20, 100]);
  equal(zoomed([0, 100], 0.5, 100, 25), [12.5, 62.5]);
  equal(panned([10, 20], 0.5, 100), [15, 25]);
  equal([isWhole([0, 100], 100), isWhole([0, 99], 100)], [true, false]);
  const tiny = zoomed([5, 5.0000001], 0.1, 100);
  ok(tiny[1] > tiny[0], "a range never becomes empty");
});

test("link patterns make addresses of the web, and nothing else", () => {
  const patterns = [
    { type: "tags", key: "user", url: "https://u.example/?id=#{user}&t=#{traceID}", text: "User #{user}" },
    { type: "tags", key: "user", url: "#{user}", text: "bare" },
    { type: "tags", key: "user", url: "https://u.example/#{absent}", text: "absent" },
    { type: "traces", url: "https://logs.example/#{traceID}", text: "Logs" },
  ];
  const links = attributeLinks(patterns, "tags", { key: "user", value: "a&b" }, { traceID: "7" });
  equal(links, [{ url: "https://u.example/?id=a%26b&t=7", text: "User a&b" }]);
  equal(attributeLinks(patterns, "tags", { key: "user", value: "javascript:alert(1)" }, { traceID: "7" }).length, 1);
  equal(attributeLinks(patterns, "process", { key: "user", value: "x" }, { traceID: "7" }), []);
  equal(traceLinks(patterns, { traceID: "9" })[0].url, "https://logs.example/9");
});
