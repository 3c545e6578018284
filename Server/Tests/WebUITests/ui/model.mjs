// The tests that need no page.

import "./analysis.test.mjs";
import "./columns.test.mjs";
import "./commands.test.mjs";
import "./compared.test.mjs";
import "./import.test.mjs";
import "./figures.test.mjs";
import "./jaeger-json.test.mjs";
import "./search.test.mjs";
import "./sets.test.mjs";
import "./system.test.mjs";
import "./text.test.mjs";
import "./trace-state.test.mjs";
import "./traceql.test.mjs";
import "./tree.test.mjs";
