import * as url from "../../../Sources/CWebUI/ui/model/url-state.js";
import { equal, test } from "./check.mjs";

test("nonsense in a link to a trace falls back to the defaults", () => {
  equal(url.parseTraceState("z=9-3&c=%00").zoom, null);
});

test("the state of a trace page survives the address bar", () => {
  const state = { find: "a=b c", selected: "00f067aa0ba902b7", zoom: [10.5, 2000], collapsed: "kAB_-" };
  equal(url.parseTraceState(url.formatTraceState(state)), state);
  equal(url.formatTraceState(url.parseTraceState("")), "");
});
