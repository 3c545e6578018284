// Every sentence of the interface; the larger areas have a file each in en/.
// Numbers arrive as they are: plurals and digits are this file's business.

import { formatCount } from "../model/format.js";
import { commands, scopes } from "./en/commands.js";
import { exported } from "./en/exported.js";
import { search } from "./en/search.js";
import { shell } from "./en/shell.js";
import { status } from "./en/status.js";
import { system } from "./en/system.js";
import { compare, imported, trace } from "./en/trace.js";

export const locale = undefined; // the browser's own, for dates and numbers

const plural = (n, one, many) => `${formatCount(n, locale)} ${n === 1 ? one : many}`;

export const text = {
  commands,
  scopes,
  ...search,
  ...shell,
  ...status,
  ...system,
  ...trace,
  ...compare,
  ...imported,
  ...exported,
  product: "Martlet",
  skip: "Skip to content",
  search: "Search",
  lookUp: "Look up a trace or span by ID, or the beginning of it",
  traceID: "Trace or span ID",
  notAnID: "An ID is 1 to 32 hexadecimal digits.",
  theme: { title: "Theme", light: "Light", dark: "Dark", system: "As the system" },
  copy: (what) => `Copy ${what}`,
  copied: "Copied",
  retry: "Retry",
  loading: "Loading…",

  failed: "The server could not answer",
  unreachable: "The server does not answer",
  unreachableHint: "Is it still running? This page will work again as soon as it is back.",
  asked: "Asked",
  status: "Status",
  message: "Message",

  first: {
    title: "No traces yet",
    waiting: "Waiting for the first span. This page will notice by itself.",
    lead: "Send one from Python, with the Jaeger client as it is. In a shell:",
    install: "python3 -m venv .venv && .venv/bin/pip install jaeger-client six && .venv/bin/python",
    then: "Then, in Python:",
    code: [
      "from jaeger_client import Config; import time",
      "tracer = Config({'sampler': {'type': 'const', 'param': 1}}, service_name='first-service').initialize_tracer()",
      "tracer.start_span('first-span').set_tag('first-tag', '100').finish()",
      "time.sleep(2); tracer.close()",
    ].join("\n"),
    other: "Any OpenTelemetry SDK works too: send OTLP over HTTP to port 4318 of this host.",
  },

  pageMissing: "There is no such page",
  pageMissingHint: (path) => `Nothing lives at “${path}”.`,
};
