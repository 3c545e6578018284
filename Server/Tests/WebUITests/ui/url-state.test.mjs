import * as url from "../../../Sources/CWebUI/ui/model/url-state.js";
import { equal, test } from "./check.mjs";

test("a search survives the address bar", () => {
  const state = {
    service: "a/b c", operation: "GET /x?y=1&z", tags: { "http.status_code": "500", msg: "a b" },
    start: 1700000000000000, end: 1700000003600000, limit: 50,
    lookback: "1h", minDuration: "1.2ms", maxDuration: "3s", sort: "longest",
  };
  equal(url.parseSearch(url.formatSearch(state)), state);
  equal(url.parseSearch(url.formatSearch(url.SEARCH_DEFAULTS)), url.SEARCH_DEFAULTS);
  equal(url.parseSearch(url.formatQuery(state)).sort, "newest");
});

test("links that Jaeger wrote keep working", () => {
  const state = url.parseSearch(
    "end=1700000003600000&limit=20&lookback=1h&maxDuration&minDuration&operation=all&service=first-service" +
      "&start=1700000000000000&tags=%7B%22first-tag%22%3A%22100%22%7D&tag=error%3Atrue",
  );
  equal([state.service, state.operation, state.limit], ["first-service", "", 20]);
  equal(state.tags, { error: "true", "first-tag": "100" });
  equal([state.start, state.end], [1700000000000000, 1700000003600000]);
});

test("nonsense in a link falls back to the defaults", () => {
  const state = url.parseSearch("limit=-3&start=abc&end=1e9&tags=%7Bbroken&service=x");
  equal([state.limit, state.start, state.end, state.tags], [20, null, null, {}]);
  equal(url.parseTraceState("z=9-3&c=%00").zoom, null);
});

test("the state of a trace page survives the address bar", () => {
  const state = { find: "a=b c", selected: "00f067aa0ba902b7", zoom: [10.5, 2000], collapsed: "kAB_-" };
  equal(url.parseTraceState(url.formatTraceState(state)), state);
  equal(url.formatTraceState(url.parseTraceState("")), "");
});
