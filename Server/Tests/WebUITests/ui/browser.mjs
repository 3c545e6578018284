import { run } from "./check.mjs";
import "./html.test.mjs";
import "./model.mjs";
import "./pages.test.mjs";
import "./waterfall.test.mjs";

document.body.replaceChildren(run());
