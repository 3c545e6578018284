// Find inside one trace: in operation, service, span id, and the tags, logs and process of every span.
// The dictionaries are tested once; spans only look up the answer.

/**
 * @param {import("./trace.js").Trace} trace
 * @returns {Int32Array} numbers of the spans that match, in order; case does not matter
 */
export function findSpans(trace, text) {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return new Int32Array(0);
  const matches = matcher(wanted);
  const service = trace.services.map((name) => matches("service", name));
  const name = trace.names.map((operation) => matches("operation", operation));
  const found = [];
  for (let i = 0; i < trace.count; i++) {
    if (
      service[trace.service[i]] ||
      name[trace.name[i]] ||
      trace.spanIDs[i].toLowerCase() === wanted ||
      detailMatches(trace.detail(i), matches)
    ) {
      found.push(i);
    }
  }
  return Int32Array.from(found);
}

/** key=value asks for a value below that key; anything else may be anywhere in a key or value. */
function matcher(wanted) {
  const pair = /^([^\s=]+)=(.*)$/.exec(wanted);
  if (pair) {
    const [, wantedKey, wantedValue] = pair;
    return (key, value) => key.toLowerCase() === wantedKey && String(value).toLowerCase().includes(wantedValue);
  }
  return (key, value) => String(value).toLowerCase().includes(wanted);
}

function detailMatches(detail, matches) {
  const any = (attributes) => attributes.some(({ key, value }) => matches(key, value) || matches(key, key));
  return any(detail.tags) || any(detail.process) || detail.logs.some((log) => any(log.fields));
}
