import "./tree.test.mjs";
import "./text.test.mjs";
import "./url-state.test.mjs";
import "./jaeger-json.test.mjs";
import { run } from "./check.mjs";

const report = run();
if (globalThis.document) document.body.textContent = report;
else console.log(report);
