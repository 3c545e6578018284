// The tests that need no page.

import "./commands.test.mjs";
import "./jaeger-json.test.mjs";
import "./search.test.mjs";
import "./system.test.mjs";
import "./text.test.mjs";
import "./tree.test.mjs";
import "./url-state.test.mjs";
