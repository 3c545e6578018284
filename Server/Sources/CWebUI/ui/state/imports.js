// Traces that were dropped on the page: they live as long as it does, and nobody else sees them.

/** @type {Map<string, {json: object, text: string, format: string, file: string}>} by trace id */
const traces = new Map();
const listeners = new Set();

export function importedTrace(id) {
  return traces.get(id.toLowerCase()) ?? null;
}

export function importedTraces() {
  return [...traces.values()];
}

export function addImported(entries) {
  for (const entry of entries) traces.set(entry.json.traceID.toLowerCase(), entry);
  for (const tell of listeners) tell();
}

export function forgetImported(id) {
  traces.delete(id.toLowerCase());
  for (const tell of listeners) tell();
}

/** @returns {() => void} stops telling */
export function onImport(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
