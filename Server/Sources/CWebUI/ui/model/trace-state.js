// What a trace page shows, as its address says it. uiFind is Jaeger's; the others are ours.

export const VIEWS = ["timeline", "flame", "statistics", "spans", "graph", "logs", "json"];

const TEXTS = {
  find: "uiFind",
  selected: "s", // the span whose detail is open at the side
  collapsed: "c",
  revealed: "r", // parents whose hidden children are shown nevertheless
  unfolded: "u", // repeats that are shown one by one
  under: "under", // shorter spans are hidden: 5ms, or 1% of the trace
  by: "by", // what spans are coloured by; the service if nothing
  at: "at", // zoom of a flame graph: a path of numbers
  group: "g", // what the statistics are grouped by
  within: "w", // and within that
  sort: "sort",
};
const SWITCHES = { only: "only", repeats: "x", skew: "skew", merged: "merged", raw: "raw" };

export function parseTraceState(query) {
  const params = new URLSearchParams(query);
  const zoom = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(params.get("z") ?? "");
  const state = {
    view: VIEWS.includes(params.get("view")) ? params.get("view") : VIEWS[0],
    zoom: zoom && Number(zoom[1]) < Number(zoom[2]) ? [Number(zoom[1]), Number(zoom[2])] : null,
    open: (params.get("d") ?? "").split(".").filter((id) => /^[0-9a-f]{1,16}$/i.test(id)), // details between the rows
    off: params.getAll("off"), // services that are hidden
    columns: params.getAll("col"), // attributes that are columns of the table of spans
    path: params.get("path") !== "0", // the critical path
  };
  for (const [name, key] of Object.entries(TEXTS)) state[name] = params.get(key) ?? "";
  for (const [name, key] of Object.entries(SWITCHES)) state[name] = params.get(key) === "1";
  return state;
}

export function formatTraceState(state) {
  const params = new URLSearchParams();
  if (state.view && state.view !== VIEWS[0]) params.set("view", state.view);
  for (const [name, key] of Object.entries(TEXTS)) if (state[name]) params.set(key, state[name]);
  if (state.zoom) params.set("z", state.zoom.map((edge) => Number(edge.toFixed(3))).join("-"));
  if (state.open?.length) params.set("d", state.open.join("."));
  for (const service of state.off ?? []) params.append("off", service);
  for (const key of state.columns ?? []) params.append("col", key);
  for (const [name, key] of Object.entries(SWITCHES)) if (state[name]) params.set(key, "1");
  if (state.path === false) params.set("path", "0");
  return params.toString();
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|%)$/;
const UNITS = { ns: 1e-3, us: 1, µs: 1, ms: 1e3, s: 1e6, m: 60e6 };

/** µs of "5ms", or of "1%" of a trace; NaN when it is neither. */
export function threshold(text, whole) {
  const match = DURATION.exec(text.trim());
  if (!match) return NaN;
  return match[2] === "%" ? (Number(match[1]) / 100) * whole : Number(match[1]) * UNITS[match[2]];
}
