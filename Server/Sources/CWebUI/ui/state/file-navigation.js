// navigation.js for a page that was saved: the state of its one page stands behind the # of the file's address, and
// nothing else can be gone to.

let listener = () => {};
let missing = () => {};

/** @returns {{path: string, query: string}} */
export function here() {
  return { path: "", query: location.hash.slice(1) };
}

/** Goes to another state of the trace; whatever else is not there. */
export function navigate(href, { replace = false } = {}) {
  const [path, query = ""] = href.split("?");
  if (!path.startsWith("trace/")) return missing();
  remember(`${path}?${query}`, { step: !replace });
  listener({ back: false });
}

/** Writes the state of the page into its address without showing it anew. */
export function remember(href, { step = false } = {}) {
  const hash = `#${href.split("?")[1] ?? ""}`;
  if (hash === (location.hash || "#")) return;
  history[step ? "pushState" : "replaceState"](null, "", hash);
}

/**
 * @param {(change: {back: boolean}) => void} show is called for each new address
 * @param {() => void} absent is called when somebody wants to go to what is not there
 */
export function startNavigation(show, absent = () => {}) {
  listener = show;
  missing = absent;
  window.addEventListener("popstate", () => show({ back: true }));
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.defaultPrevented) return;
    const href = link.getAttribute("href");
    // Only what leads to other sites, as link patterns do, can be gone to from a file.
    if (/^https?:/.test(href) || href.startsWith("blob:") || href.startsWith("data:")) return;
    event.preventDefault();
    missing();
  });
}
