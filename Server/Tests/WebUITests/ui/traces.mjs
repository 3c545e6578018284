// Traces for the tests, written short.

import { decodeJaegerTrace } from "../../../Sources/CWebUI/ui/model/jaeger-json.js";

/** Numbers from a seed, the same on every run. */
export function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** @param {[string, number, number, string | null, string, object[]?][]} spans name, start, length, the name of the
 *   parent (the first span of that name), service, tags */
export function makeTrace(spans) {
  const services = [...new Set(spans.map(([, , , , service]) => service))];
  const numbers = new Map();
  spans.forEach(([name], k) => numbers.has(name) || numbers.set(name, k + 1));
  const id = (number) => number.toString(16).padStart(16, "0");
  return decodeJaegerTrace({
    traceID: "1",
    processes: Object.fromEntries(services.map((service) => [service, { serviceName: service, tags: [] }])),
    spans: spans.map(([name, start, length, parent, service, tags = []], k) => ({
      traceID: "1", spanID: id(k + 1), operationName: name, startTime: 1e6 + start, duration: length,
        processID: service,
      tags, logs: [],
      references: parent === null ? [] : [{ refType: "CHILD_OF", traceID: "1", spanID: id(numbers.get(parent)) }],
    })),
  });
}
