// Find inside one trace, as in Jaeger: words in operation, service, span id, and the tags, logs and process of every
// span. The dictionaries are tested once; spans only look up the answer.
//
// A word may be key=value; quotes keep spaces; -key leaves that key out of the search.

import { MISSING } from "./trace.js";
import { looksLikeTraceQL, parseTraceQL } from "./traceql-parse.js";
import { matchingSpans } from "./traceql.js";

export { looksLikeTraceQL };

const MOST_REMEMBERED = 50_000;

/**
 * @param {import("./trace.js").Trace} trace
 * @returns {Int32Array} numbers of the spans that match, in order; case does not matter. A text that begins with a
 *   brace is TraceQL. @throws {import("./traceql-parse.js").TraceQLError}
 */
export function findSpans(trace, text) {
  if (looksLikeTraceQL(text)) return matchingSpans(trace, parseTraceQL(text));
  const { words, left } = readWords(text);
  const found = new Set();
  for (const word of words) findWord(trace, word, left, found);
  return Int32Array.from(found).sort();
}

const WORD = /"((?:[^"\\]|\\.)*)"|(\S+?="(?:[^"\\]|\\.)*")|(\S+)/g;

/** The words to look for, any of which is enough, and the keys to look past. */
export function readWords(text) {
  const words = [];
  const left = new Set();
  for (const [, quoted, pair, bare] of text.matchAll(WORD)) {
    if (bare && /^-[^-\s]/.test(bare)) left.add(bare.slice(1).toLowerCase());
    else words.push((quoted ?? pair?.replaceAll('"', "") ?? bare).toLowerCase());
  }
  return { words, left };
}

function findWord(trace, wanted, left, found) {
  const contains = remembered((text) => text.toLowerCase().includes(wanted));
  const test = attributeTest(wanted, contains, left);
  const service = trace.services.map(contains);
  const name = trace.names.map(contains);
  const isID = /^[0-9a-f]{1,16}$/.test(wanted);
  for (let i = 0; i < trace.count; i++) {
    if (found.has(i) || trace.flags[i] & MISSING) continue;
    if (
      service[trace.service[i]] ||
      name[trace.name[i]] ||
      (isID && trace.spanID(i).toLowerCase() === wanted) ||
      trace.someAttribute(i, test)
    ) {
      found.add(i);
    }
  }
}

/** key=value asks for a value below that key; anything else may be anywhere in a key or value. */
function attributeTest(wanted, contains, left) {
  const isLeft = remembered((key) => left.has(key.toLowerCase()));
  const pair = /^([^\s=]+)=(.*)$/s.exec(wanted);
  if (!pair) return (key, value) => !isLeft(key) && (contains(key) || contains(String(value)));
  const isKey = remembered((text) => text.toLowerCase() === pair[1]);
  const hasValue = remembered((text) => text.toLowerCase().includes(pair[2]));
  return (key, value) => !isLeft(key) && ((isKey(key) && hasValue(String(value))) || contains(String(value)));
}

/** The spans of a trace say the same few things over and over: each is looked at once. */
function remembered(test) {
  const answers = new Map();
  return (text) => {
    let answer = answers.get(text);
    if (answer === undefined) {
      answer = test(text);
      if (answers.size < MOST_REMEMBERED) answers.set(text, answer);
    }
    return answer;
  };
}
