// The live tail: traces or spans as they arrive, pushed by the server. The browser connects again by itself when the
// connection breaks, but not when it is refused.

import { refusal } from "./api.js";

/** What is asked, below the base of the document. */
export const tailPath = (params) => `api/tail?${params}`;

/**
 * @param {URLSearchParams} params the filters of a search, and `of`
 * @param {{trace: (summary: object) => void, span: (span: object) => void, skipped: (count: number) => void,
 *   rate: (figures: {received: number, matched: number, sent: number, skipped: number}) => void,
 *   state: (name: "open" | "lost" | "refused") => void}} listener
 * @returns {() => void} ends it
 */
export function follow(params, listener) {
  const source = new EventSource(new URL(tailPath(params), document.baseURI));
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("trace", listener.trace);
  on("span", listener.span);
  on("skipped", ({ count }) => listener.skipped(count));
  on("rate", listener.rate);
  source.addEventListener("open", () => listener.state("open"));
  source.addEventListener("error", () => {
    listener.state(source.readyState === EventSource.CLOSED ? "refused" : "lost");
  });
  return () => source.close();
}

/**
 * Why a stream was refused, which an EventSource does not tell: the same question, asked once more.
 * @returns {Promise<import("./api.js").ApiError | null>} null when it is not refused any more
 */
export async function whyRefused(params, signal) {
  const asking = new AbortController();
  const stop = () => asking.abort();
  signal.addEventListener("abort", stop);
  try {
    const response = await fetch(new URL(tailPath(params), document.baseURI), { signal: asking.signal });
    const isStream = response.headers.get("content-type")?.includes("event-stream");
    return response.ok && isStream ? null : refusal(tailPath(params), response, await response.text());
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
