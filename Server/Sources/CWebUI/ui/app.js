// The shell: one bar, one page at a time, chosen by the path.

import { html } from "./draw/html.js";
import { here, navigate, startNavigation } from "./state/navigation.js";
import { setTheme, preference } from "./state/preferences.js";
import "./parts/top-bar.js";
import "./pages/not-found.js";
import "./pages/search.js";
import "./pages/trace.js";

const ROUTES = [
  [/^search\/?$/, "search-page", "search"],
  [/^trace\/([^/]+)\/?$/, "trace-page", ""],
];

const bar = html`<top-bar role="banner"></top-bar>`;
const main = html`<main id="content" tabindex="-1"></main>`;

function show({ back }) {
  const { path, query } = here();
  if (path === "" || path === "index.html") return navigate("search", { replace: true });
  const [pattern, tag, section] = ROUTES.find(([route]) => route.test(path)) ?? [null, "not-found-page", ""];
  const argument = pattern?.exec(path)[1] ?? "";
  let page = main.firstElementChild;
  if (page?.localName !== tag) {
    page = document.createElement(tag);
    main.replaceChildren(page);
  }
  bar.mark(section);
  page.show({ argument: decode(argument), query, back });
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

setTheme(preference("theme", "system"));
document.body.replaceChildren(bar, main);
startNavigation(show);
show({ back: false });
