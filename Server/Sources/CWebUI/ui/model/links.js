// Jaeger's link patterns: addresses made of what a span or a trace says, with #{name} where a value goes. Only http
// and https become links, whatever the values are.

/**
 * @typedef {{type: string, key?: string | string[], url: string, text: string}} Pattern
 * @typedef {{url: string, text: string}} Link
 */

/** Links of one tag, process tag or log field ("tags", "process", "logs"). @returns {Link[]} */
export function attributeLinks(patterns, type, attribute, values) {
  return patterns
    .filter((pattern) => pattern.type === type && hasKey(pattern, attribute.key))
    .map((pattern) => fill(pattern, { ...values, [attribute.key]: attribute.value }))
    .filter(Boolean);
}

/** Links of the trace as a whole, from its id, times and so on. @returns {Link[]} */
export function traceLinks(patterns, values) {
  return patterns
    .filter((pattern) => pattern.type === "traces")
    .map((pattern) => fill(pattern, values))
    .filter(Boolean);
}

function hasKey({ key }, wanted) {
  return Array.isArray(key) ? key.includes(wanted) : key === wanted;
}

/** Null when a value is missing, or when it makes no address of the web. */
function fill({ url, text }, values) {
  let missing = false;
  const put = (template, encode) =>
    String(template ?? "").replace(/#\{([^}]*)\}/g, (_, name) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined || value === null) missing = true;
      return encode(String(value ?? ""));
    });
  const link = { url: put(url, encodeURIComponent), text: put(text || url, String) };
  if (missing || !/^https?:\/\//i.test(link.url) || !URL.canParse(link.url)) return null;
  return link;
}
