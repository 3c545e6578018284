// What the operator configured for the UI, in Jaeger's own format and under Jaeger's own names (`--query.ui-config`).
// Everything of it that means something here is read; tracking and scripts are not.

/**
 * @typedef {object} MenuLink
 * @property {string} label
 * @property {string} [url]
 * @property {string} [anchorTarget]
 * @property {MenuLink[]} [items]
 */

export const CONFIG_DEFAULTS = Object.freeze({
  /** @type {MenuLink[]} */
  menu: [],
  /** Each {type: "process" | "tags" | "logs" | "traces", key, url, text} with #{name} in url and text. */
  linkPatterns: [],
  search: { maxLimit: 1500 },
  archiveEnabled: true,
  criticalPathEnabled: true,
  dependencies: { menuEnabled: true, dagMaxNumServices: 100 },
  monitor: { menuEnabled: true },
  themes: { enabled: true },
  disableFileUploadControl: false,
  disableJsonView: false,
  traceTimeline: {},
});

/** Defaults, and over them what is configured, one level deep; what has another type than it should is left out. */
export function mergeConfig(configured) {
  const merged = { ...CONFIG_DEFAULTS };
  if (!configured || typeof configured !== "object") return merged;
  for (const [key, fallback] of Object.entries(CONFIG_DEFAULTS)) {
    const value = configured[key];
    if (value === undefined || value === null || Array.isArray(value) !== Array.isArray(fallback)) continue;
    if (typeof value !== typeof fallback) continue;
    merged[key] = typeof value === "object" && !Array.isArray(value) ? { ...fallback, ...value } : value;
  }
  return merged;
}

let current = mergeConfig(null);

/** The configuration; the defaults until it has been read. */
export function config() {
  return current;
}

/** Reads it, once for each load of the document; without an answer the defaults stay. Then tells the document. */
export async function loadConfig() {
  try {
    const response = await fetch(new URL("ui-config.json", document.baseURI));
    const isJSON = response.headers.get("content-type")?.includes("json");
    if (response.ok && isJSON) current = mergeConfig(await response.json());
  } catch {
    // The pages say themselves that the server does not answer.
  }
  document.dispatchEvent(new Event("config-change"));
}
