// The address bar is the whole state of a page. These are Jaeger's own keys, so that old links keep working;
// of ours, s is the selected span, z the visible range in µs, c the collapsed set, sort the order of results.

export const SEARCH_DEFAULTS = Object.freeze({
  service: "",
  operation: "",
  tags: {},
  start: null,
  end: null,
  limit: 20,
  lookback: "1h",
  minDuration: "",
  maxDuration: "",
  sort: "newest",
});

const ALL = new Set(["", "all"]);

export function parseSearch(query) {
  const params = new URLSearchParams(query);
  const operation = params.get("operation") ?? "";
  return {
    service: params.get("service") ?? "",
    operation: ALL.has(operation) ? "" : operation,
    tags: parseTags(params),
    start: micros(params.get("start")),
    end: micros(params.get("end")),
    limit: count(params.get("limit"), SEARCH_DEFAULTS.limit),
    lookback: params.get("lookback") || SEARCH_DEFAULTS.lookback,
    minDuration: params.get("minDuration") ?? "",
    maxDuration: params.get("maxDuration") ?? "",
    sort: params.get("sort") ?? SEARCH_DEFAULTS.sort,
  };
}

export function formatSearch(state) {
  const params = new URLSearchParams();
  const put = (key, value) => {
    if (value !== "" && value !== null && value !== undefined) params.set(key, String(value));
  };
  put("service", state.service);
  put("operation", state.operation);
  if (Object.keys(state.tags).length) put("tags", JSON.stringify(state.tags));
  put("start", state.start);
  put("end", state.end);
  put("limit", state.limit);
  put("lookback", state.lookback);
  put("minDuration", state.minDuration);
  put("maxDuration", state.maxDuration);
  if (state.sort !== SEARCH_DEFAULTS.sort) put("sort", state.sort);
  return params.toString();
}

/** What goes to the server: the order of results is ours alone. */
export function formatQuery(state) {
  return formatSearch({ ...state, sort: SEARCH_DEFAULTS.sort });
}

export function parseTraceState(query) {
  const params = new URLSearchParams(query);
  const zoom = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(params.get("z") ?? "");
  return {
    find: params.get("uiFind") ?? "",
    selected: params.get("s") ?? "",
    zoom: zoom && Number(zoom[1]) < Number(zoom[2]) ? [Number(zoom[1]), Number(zoom[2])] : null,
    collapsed: params.get("c") ?? "",
  };
}

export function formatTraceState(state) {
  const params = new URLSearchParams();
  if (state.find) params.set("uiFind", state.find);
  if (state.selected) params.set("s", state.selected);
  if (state.zoom) params.set("z", state.zoom.map((edge) => Number(edge.toFixed(3))).join("-"));
  if (state.collapsed) params.set("c", state.collapsed);
  return params.toString();
}

/** tags is a JSON object of strings; tag=key:value may be repeated beside it. */
function parseTags(params) {
  const tags = {};
  for (const tag of params.getAll("tag")) {
    const colon = tag.indexOf(":");
    if (colon > 0) tags[tag.slice(0, colon)] = tag.slice(colon + 1);
  }
  try {
    const parsed = JSON.parse(params.get("tags") ?? "{}");
    if (parsed && typeof parsed === "object" && !Array.isArray(parsed)) {
      for (const [key, value] of Object.entries(parsed)) tags[key] = String(value);
    }
  } catch {
    // A link cut short in a chat: what can be read of it still works.
  }
  return tags;
}

function micros(text) {
  return text && /^\d{1,17}$/.test(text) ? Number(text) : null;
}

function count(text, fallback) {
  return text && /^[1-9]\d{0,5}$/.test(text) ? Number(text) : fallback;
}
