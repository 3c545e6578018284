// The address bar is the whole state of a trace page. uiFind is Jaeger's own key; of ours, s is the selected span,
// z the visible range in µs, c the collapsed set.

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
