// Find inside one trace: in operation, service, span id, and the tags, logs and process of every span.
// The dictionaries are tested once; spans only look up the answer.

const MOST_REMEMBERED = 50_000;

/**
 * @param {import("./trace.js").Trace} trace
 * @returns {Int32Array} numbers of the spans that match, in order; case does not matter
 */
export function findSpans(trace, text) {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return new Int32Array(0);
  const contains = remembered((text) => text.toLowerCase().includes(wanted));
  const test = attributeTest(wanted, contains);
  const service = trace.services.map(contains);
  const name = trace.names.map(contains);
  const found = [];
  for (let i = 0; i < trace.count; i++) {
    if (
      service[trace.service[i]] ||
      name[trace.name[i]] ||
      trace.spanIDs[i].toLowerCase() === wanted ||
      trace.someAttribute(i, test)
    ) {
      found.push(i);
    }
  }
  return Int32Array.from(found);
}

/** key=value asks for a value below that key; anything else may be anywhere in a key or value. */
function attributeTest(wanted, contains) {
  const pair = /^([^\s=]+)=(.*)$/.exec(wanted);
  if (!pair) return (key, value) => contains(key) || contains(String(value));
  const isKey = remembered((text) => text.toLowerCase() === pair[1]);
  const hasValue = remembered((text) => text.toLowerCase().includes(pair[2]));
  return (key, value) => (isKey(key) && hasValue(String(value))) || contains(String(value));
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
