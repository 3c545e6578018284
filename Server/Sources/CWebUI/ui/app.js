// The shell: one bar, one page at a time, chosen by the path. A page is loaded when it is first gone to.

import { html } from "./draw/html.js";
import { provide, startCommands } from "./state/commands.js";
import { loadConfig } from "./state/config.js";
import { embed } from "./state/embed.js";
import { here, navigate, startNavigation } from "./state/navigation.js";
import { preference, setTheme, setTimeZone } from "./state/preferences.js";
import { openPalette } from "./parts/command-palette.js";
import { moduleNotice } from "./parts/notice.js";
import { openSettings } from "./parts/settings-sheet.js";
import { openHelp } from "./parts/shortcut-help.js";
import { copyLink } from "./parts/toast.js";
import "./parts/top-bar.js";
import "./pages/not-found.js";

/** Path (Jaeger's, if it has one), element, the link in the bar that it belongs to, and where it comes from. */
const ROUTES = [
  [/^search\/?$/, "search-page", "search", () => import("./pages/search.js")],
  [/^(?:deep-)?dependencies\/?$/, "dependencies-page", "dependencies", () => import("./pages/dependencies.js")],
  [/^monitor\/?$/, "monitor-page", "monitor", () => import("./pages/monitor.js")],
  [/^live\/?$/, "live-page", "live", () => import("./pages/live.js")],
  [/^status\/?$/, "status-page", "status", () => import("./pages/status.js")],
  [/^trace\/([^/]*\.\.\.[^/]*)\/?$/, "compare-page", "compare", () => import("./pages/compare.js")],
  [/^compare\/?$/, "compare-page", "compare", () => import("./pages/compare.js")],
  [/^import\/?$/, "import-page", "import", () => import("./pages/import.js")],
  [/^trace\/([^/]+)\/?$/, "trace-page", "", () => import("./pages/trace.js")],
];
const MISSING = [/^/, "not-found-page", "", async () => {}];

const bar = html`<top-bar role="banner" hidden="${embed.active}"></top-bar>`;
const main = html`<main id="content" tabindex="-1"></main>`;
let shown = 0;

async function show({ back }) {
  const { path, query } = here();
  if (path === "" || path === "index.html") return navigate(`search${query && `?${query}`}`, { replace: true });
  const route = ROUTES.find(([pattern]) => pattern.test(path)) ?? MISSING;
  const [pattern, tag, section, load] = route;
  const turn = ++shown;
  bar.mark(section);
  try {
    await load();
  } catch (error) {
    if (turn === shown) main.replaceChildren(moduleNotice(error, () => location.reload()));
    return;
  }
  if (turn !== shown) return; // someone has gone elsewhere meanwhile
  let page = main.firstElementChild;
  if (page?.localName !== tag) {
    page = document.createElement(tag);
    main.replaceChildren(page);
  }
  page.show({ argument: decode(pattern.exec(path)[1] ?? ""), query, back });
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What reads files is loaded when the first one is dragged over the page. */
function awaitFiles() {
  const once = async () => (await import("./parts/drop-zone.js")).startImport();
  document.addEventListener("dragenter", once, { once: true });
}

/** Times are written by many parts: after a change of zone the page is made anew. */
function showAnew() {
  main.replaceChildren();
  show({ back: true });
}

function nextTheme() {
  const themes = ["system", "light", "dark"];
  setTheme(themes[(themes.indexOf(preference("theme", "system")) + 1) % themes.length]);
}

setTheme(preference("theme", "system"), { shownOnly: embed.theme });
document.documentElement.dataset.density = preference("density", "normal");
document.documentElement.dataset.colours = preference("colours", "hues");
setTimeZone(preference("zone", ""));
document.body.replaceChildren(bar, main);
startNavigation(show);
startCommands();
provide({
  "app.palette": openPalette,
  "app.help": openHelp,
  "app.settings": openSettings,
  "app.look-up": () => bar.focusLookUp(),
  "app.theme": nextTheme,
  "app.zone": () => setTimeZone(preference("zone", "") === "UTC" ? "" : "UTC"),
  "app.copy-link": copyLink,
  "go.search": () => navigate("search"),
  "go.compare": () => navigate("compare"),
  "go.import": () => navigate("import"),
  "go.system": () => navigate("dependencies"),
  "go.monitor": () => navigate("monitor"),
  "go.live": () => navigate("live"),
  "go.status": () => navigate("status"),
});
document.addEventListener("zone-change", showAnew);
loadConfig();
awaitFiles();
show({ back: false });
