import "../../../Sources/CWebUI/ui/pages/compare.js";
import "../../../Sources/CWebUI/ui/pages/import.js";
import "../../../Sources/CWebUI/ui/pages/trace.js";
import "../../../Sources/CWebUI/ui/parts/flame-graph.js";
import "../../../Sources/CWebUI/ui/parts/json-view.js";
import "../../../Sources/CWebUI/ui/parts/log-list.js";
import "../../../Sources/CWebUI/ui/parts/span-table.js";
import "../../../Sources/CWebUI/ui/parts/statistics-table.js";
import "../../../Sources/CWebUI/ui/parts/trace-graph.js";
import { OpenTrace } from "../../../Sources/CWebUI/ui/state/open-trace.js";
import { parseTraceState } from "../../../Sources/CWebUI/ui/model/trace-state.js";
import { ok, test } from "./check.mjs";
import { makeTrace } from "./traces.mjs";

const VIEWS = ["flame-graph", "statistics-table", "trace-graph", "trace-timeline"];

test("each view shows a trace of three spans, and the same trace in another state", () => {
  const trace = makeTrace([["root", 0, 100, null, "shop"], ["a", 10, 30, "root", "shop"], ["b", 20, 10, "a", "db"]]);
  for (const name of VIEWS) {
    const view = document.createElement(name);
    document.body.append(view);
    view.style.cssText = "display: flex; flex-direction: column; height: 400px; width: 800px";
    const open = new OpenTrace(trace, { stored: false });
    view.show(open, parseTraceState(""));
    ok(view.textContent.includes("shop"), `${name} does not name the service`);
    view.show(open, parseTraceState("z=10-40&merged=1&g=operation&by=kind&x=1"));
    view.remove();
  }
});
