// Pages shown inside another page, as Jaeger has it: uiEmbed=v0 takes the bar away, and the other keys take away more.
// What the first address says holds for all that are reached from it. Other versions than v0 are ignored.

const KEYS = [
  "uiEmbed",
  "uiSearchHideGraph",
  "uiTimelineCollapseTitle",
  "uiTimelineHideMinimap",
  "uiTimelineHideSummary",
  "uiTheme",
];

/** @returns {Record<string, string>} what an address says about embedding; nothing unless it is version 0 */
export function parseEmbed(query) {
  const params = new URLSearchParams(query);
  if (params.get("uiEmbed") !== "v0") return {};
  return Object.fromEntries(KEYS.filter((key) => params.has(key)).map((key) => [key, params.get(key)]));
}

const carried = parseEmbed(typeof location === "undefined" ? "" : location.search);
const says = (key) => carried[key] === "1" || carried[key] === "true";

export const embed = Object.freeze({
  active: "uiEmbed" in carried,
  hideGraph: says("uiSearchHideGraph"),
  collapseTitle: says("uiTimelineCollapseTitle"),
  hideMinimap: says("uiTimelineHideMinimap"),
  hideSummary: says("uiTimelineHideSummary"),
  theme: ["light", "dark"].includes(carried.uiTheme) ? carried.uiTheme : "",
});

/** Writes into an address of ours what the first one said about embedding. */
export function carry(url) {
  for (const [key, value] of Object.entries(carried)) if (!url.searchParams.has(key)) url.searchParams.set(key, value);
  return url;
}
