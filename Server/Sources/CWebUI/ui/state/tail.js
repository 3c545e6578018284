// The live tail: traces as they arrive, pushed by the server. The browser connects again by itself when it breaks.

/**
 * @param {URLSearchParams} params the filters of a search
 * @param {{trace: (summary: object) => void, skipped: (count: number) => void,
 *   rate: (figures: {received: number, matched: number, sent: number, skipped: number}) => void,
 *   state: (name: "open" | "lost" | "refused") => void}} listener
 * @returns {() => void} ends it
 */
export function followTraces(params, listener) {
  const source = new EventSource(new URL(`api/tail?${params}`, document.baseURI));
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("trace", listener.trace);
  on("skipped", ({ count }) => listener.skipped(count));
  on("rate", listener.rate);
  source.addEventListener("open", () => listener.state("open"));
  source.addEventListener("error", () => {
    listener.state(source.readyState === EventSource.CLOSED ? "refused" : "lost");
  });
  return () => source.close();
}
