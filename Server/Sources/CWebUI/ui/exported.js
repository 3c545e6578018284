// The application of a page that was saved: one trace, which is in the page, with all of its views and no server.

import { html } from "./draw/html.js";
import { provide, startCommands } from "./state/commands.js";
import { addImported } from "./state/imports.js";
import { here, startNavigation } from "./state/navigation.js";
import { preference, setTheme, setTimeZone } from "./state/preferences.js";
import { openHelp } from "./parts/shortcut-help.js";
import { toast } from "./parts/toast.js";
import { text } from "./text/en.js";
import "./pages/trace.js";
import "./parts/theme-switch.js";

const source = document.getElementById("trace").textContent;
const json = JSON.parse(source);
const themes = ["system", "light", "dark"];
const main = html`<main id="content" tabindex="-1"></main>`;
const bar = html`<header class="exported-bar"><span>${text.exportedBy}</span><span class="spring"></span>
  <theme-switch></theme-switch></header>`;

function show() {
  let page = main.firstElementChild;
  if (!page) {
    page = document.createElement("trace-page");
    main.replaceChildren(page);
  }
  page.show({ argument: json.traceID, query: here().query });
}

function nextTheme() {
  setTheme(themes[(themes.indexOf(preference("theme", "system")) + 1) % themes.length]);
}

addImported([{ json, text: source, format: "jaeger", file: "" }]);
document.documentElement.dataset.exported = "";
setTheme(preference("theme", "system"));
document.documentElement.dataset.density = preference("density", "normal");
document.documentElement.dataset.colours = preference("colours", "hues");
setTimeZone(preference("zone", ""));
document.body.replaceChildren(bar, main);
startNavigation(show, () => toast(text.notInFile));
startCommands();
provide({
  "app.help": openHelp,
  "app.theme": nextTheme,
  "app.zone": () => setTimeZone(preference("zone", "") === "UTC" ? "" : "UTC"),
});
document.addEventListener("zone-change", () => {
  main.replaceChildren();
  show();
});
show();
