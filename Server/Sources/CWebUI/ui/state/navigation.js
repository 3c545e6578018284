// Moving between pages without loading the document again. Paths are relative to the base of the document.

import { carry } from "./embed.js";

let listener = () => {};

/** @returns {{path: string, query: string}} path without the base and without a leading slash */
export function here() {
  const base = new URL(document.baseURI).pathname;
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname.slice(1);
  return { path, query: location.search.slice(1) };
}

/** Goes to an address below the base; `replace` for changes that the back button should not stop at. */
export function navigate(href, { replace = false } = {}) {
  const url = carry(new URL(href, document.baseURI));
  history[replace ? "replaceState" : "pushState"](null, "", url);
  listener({ back: false });
}

/** Writes the state of a page into its address without showing the page anew. */
export function remember(href, { step = false } = {}) {
  const url = carry(new URL(href, document.baseURI));
  if (url.href === location.href) return;
  history[step ? "pushState" : "replaceState"](null, "", url);
}

/** @param {(change: {back: boolean}) => void} show is called for each new address */
export function startNavigation(show) {
  listener = show;
  window.addEventListener("popstate", () => show({ back: true }));
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.hasAttribute("target") || link.hasAttribute("download")) return;
    // A link in a picture has no plain .href.
    const { href } = new URL(link.getAttribute("href"), document.baseURI);
    if (!href.startsWith(document.baseURI)) return;
    event.preventDefault();
    navigate(href);
  });
}
