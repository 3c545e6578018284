// TraceQL, decided: which spans of a trace satisfy a query. What holds of values is as docs/query-language.md says.

import { ERROR, KINDS, MISSING, canonicalID, rootOf } from "./trace.js";

/**
 * @param {import("./trace.js").Trace} trace with details
 * @param {object} query from parseTraceQL
 * @returns {number[][]} sets of spans, in order
 */
export function evaluate(trace, query) {
  return new Evaluation(trace).pipeline(query, null);
}

/** All spans of all sets, each once, in order. */
export function matchingSpans(trace, query) {
  const found = new Uint8Array(trace.count);
  for (const set of evaluate(trace, query)) for (const span of set) found[span] = 1;
  const spans = [];
  for (let i = 0; i < found.length; i++) if (found[i]) spans.push(i);
  return Int32Array.from(spans);
}

class Evaluation {
  constructor(trace) {
    this.trace = trace;
    this.root = trace.count ? rootOf(trace) : -1;
    this.detailOf = -1;
    this.detail = null;
  }

  pipeline({ first, stages }, among) {
    let sets = [this.spanset(first, among)].filter((set) => set.length);
    for (const stage of stages) sets = this.stage(stage, sets);
    return sets;
  }

  stage(stage, sets) {
    if (stage.type === "coalesce") return [[...new Set(sets.flat())].sort((a, b) => a - b)].filter((set) => set.length);
    if (stage.type === "by") return sets.flatMap((set) => this.divide(set, stage.field));
    if (stage.type === "aggregate") return sets.filter((set) => this.aggregate(set, stage));
    if (stage.type === "filter") return sets.map((set) => this.spanset(stage.spanset, set)).filter((set) => set.length);
    return sets;
  }

  divide(set, field) {
    const groups = new Map();
    for (const span of set) {
      const [value] = this.values(span, field);
      const key = value === undefined ? "" : JSON.stringify(value);
      groups.set(key, [...(groups.get(key) ?? []), span]);
    }
    return [...groups.values()];
  }

  aggregate(set, { how, field, sign, value }) {
    if (how === "count") return compareNumbers(set.length, sign, value.value);
    const numbers = set
      .flatMap((span) => this.values(span, field).slice(0, 1))
      .filter((found) => found.type === "number" || found.type === "duration")
      .map((found) => found.value);
    if (numbers.length === 0) return false;
    const sum = numbers.reduce((a, b) => a + b, 0);
    const result = {
      sum: () => sum,
      avg: () => sum / numbers.length,
      min: () => numbers.reduce((a, b) => Math.min(a, b)),
      max: () => numbers.reduce((a, b) => Math.max(a, b)),
    }[how]();
    return compareNumbers(result, sign, value.value);
  }

  /** @returns {number[]} in order */
  spanset(node, among) {
    if (node.type === "pipeline") {
      return [...new Set(this.pipeline(node, among).flat())].sort((a, b) => a - b);
    }
    if (node.type === "filter") return this.filter(node.test, among);
    const left = this.spanset(node.left, among);
    const right = this.spanset(node.right, among);
    if (node.type === "&&") return left.length && right.length ? union(left, right) : [];
    if (node.type === "||") return union(left, right);
    return this.relate(node, left, right);
  }

  filter(test, among) {
    const found = [];
    const consider = (span) => {
      if (!(this.trace.flags[span] & MISSING) && (!test || this.holds(span, test))) found.push(span);
    };
    if (among) among.forEach(consider);
    else for (let span = 0; span < this.trace.count; span++) consider(span);
    return found;
  }

  /** For each B whether a relation to some A holds; what `&` also wants of A is the same question turned round. */
  relate({ relation, mode }, left, right) {
    const related = this.related(relation, left, right);
    if (mode === "!") return right.filter((span) => !related.has(span));
    if (mode === "&") {
      const back = { ">": "<", ">>": "<<", "<": ">", "<<": ">>", "~": "~" }[relation];
      return union([...related], [...this.related(back, right, left)]);
    }
    return right.filter((span) => related.has(span));
  }

  related(relation, left, right) {
    const { parent, size, count } = this.trace;
    const isLeft = new Uint8Array(count);
    for (const span of left) isLeft[span] = 1;
    const found = new Set();
    if (relation === ">") {
      for (const span of right) if (parent[span] >= 0 && isLeft[parent[span]]) found.add(span);
    } else if (relation === ">>") {
      const below = new Uint8Array(count);
      for (let i = 0; i < count; i++) below[i] = parent[i] >= 0 && (isLeft[parent[i]] || below[parent[i]]) ? 1 : 0;
      for (const span of right) if (below[span]) found.add(span);
    } else if (relation === "<" || relation === "<<") {
      const above = new Uint8Array(count);
      for (let i = count - 1; i > 0; i--) {
        if (parent[i] >= 0 && (isLeft[i] || (relation === "<<" && above[i]))) above[parent[i]] = 1;
      }
      for (const span of right) if (above[span] && size[span] > 1) found.add(span);
    } else {
      const children = new Map();
      for (const span of left) if (parent[span] >= 0) children.set(parent[span], (children.get(parent[span]) ?? 0) + 1);
      for (const span of right) {
        const siblings = (children.get(parent[span]) ?? 0) - isLeft[span];
        if (parent[span] >= 0 && siblings > 0) found.add(span);
      }
    }
    return found;
  }

  holds(span, test) {
    switch (test.type) {
      case "&&": return this.holds(span, test.left) && this.holds(span, test.right);
      case "||": return this.holds(span, test.left) || this.holds(span, test.right);
      case "not": return !this.holds(span, test.test);
      case "tag": return this.hasTag(span, test.key, test.value);
      case "in": return test.values.some((value) => this.some(span, test.field, "=", value));
      case "matches": return this.values(span, test.field).some((found) => matches(found, test));
      default: return this.some(span, test.field, test.sign, test.value);
    }
  }

  some(span, field, sign, value) {
    const found = this.values(span, field);
    if (value.type === "nil") return (found.length > 0) === (sign === "!=");
    return found.some((one) => compare(one, sign, value));
  }

  hasTag(span, key, value) {
    const wanted = (attribute) => attribute.key === key && String(attribute.value) === value;
    const { tags, process, logs } = this.details(span);
    return tags.some(wanted) || process.some(wanted) || logs.some((log) => log.fields.some(wanted));
  }

  details(span) {
    if (this.detailOf !== span) [this.detailOf, this.detail] = [span, this.trace.detail(span)];
    return this.detail;
  }

  /** Every value of a field in a span, with its type. */
  values(span, field) {
    if (field.intrinsic) return this.intrinsic(span, field.intrinsic);
    const levels = field.level === "any" ? ["span", "resource", "event"] : [field.level];
    for (const level of levels) {
      const found = this.attributes(span, level).filter(({ key }) => key === field.key);
      if (level === "resource" && field.key === "service.name" && found.length === 0) return [text(this.service(span))];
      if (found.length) return found.map(typed);
    }
    return [];
  }

  attributes(span, level) {
    const detail = this.details(span);
    if (level === "span") return detail.tags;
    if (level === "resource") return detail.process;
    if (level === "event") return detail.logs.flatMap((log) => log.fields);
    return [];
  }

  intrinsic(span, name) {
    const { trace, root } = this;
    const tag = (key) => this.details(span).tags.filter((attribute) => attribute.key === key).map(typed);
    switch (name) {
      case "name": return [text(trace.names[trace.name[span]])];
      case "duration": return [nanoseconds(trace.length[span])];
      case "status": return [{ type: "status", value: this.status(span) }];
      case "kind": return [{ type: "kind", value: KINDS[trace.kind[span]] }];
      case "statusMessage": return tag("otel.status_description");
      case "scopeName": return tag("otel.scope.name");
      case "scopeVersion": return tag("otel.scope.version");
      case "id": return [identity(trace.spanID(span))];
      case "parentID": return trace.parent[span] < 0 ? [] : [identity(trace.spanID(trace.parent[span]))];
      case "traceID": return [identity(trace.id)];
      case "rootName": return trace.flags[root] & MISSING ? [] : [text(trace.names[trace.name[root]])];
      case "rootService": return trace.flags[root] & MISSING ? [] : [text(this.service(root))];
      case "traceDuration": return [nanoseconds(trace.duration)];
      case "spanCount": return [{ type: "number", value: trace.spans }];
      case "eventName": return this.attributes(span, "event").filter(({ key }) => key === "event").map(typed);
      case "eventTime": return this.details(span).logs.map((log) => nanoseconds(log.time - trace.start[span]));
      case "linkSpanID": return this.links(span).map(({ spanID }) => identity(spanID));
      case "linkTraceID": return this.links(span).map(({ traceID }) => identity(traceID));
      default: return [];
    }
  }

  links(span) {
    const { parent } = this.trace;
    return this.details(span).references.filter((reference) => reference.span < 0 || reference.span !== parent[span]);
  }

  service(span) {
    return this.trace.services[this.trace.service[span]];
  }

  status(span) {
    if (this.trace.flags[span] & ERROR) return "error";
    return this.details(span).tags.some(({ key, value }) => key === "otel.status_code" && value === "OK") ? "ok"
      : "unset";
  }
}

const text = (value) => ({ type: "string", value });
const identity = (value) => ({ type: "id", value: canonicalID(value) });
const nanoseconds = (micros) => ({ type: "duration", value: Math.round(micros * 1000) });

function typed({ type, value }) {
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "number") return { type: "number", value };
  if (type === "int64" || type === "float64") return { type: "number", value: Number(value) };
  if (type === "bool") return { type: "bool", value: value === "true" };
  if (Array.isArray(value)) return { type: "array", value: value.map((one) => typed({ type: "", value: one })) };
  return type === "binary" ? { type: "binary", value } : { type: "string", value: String(value) };
}

function matches(found, { pattern, negated }) {
  if (found.type === "array") {
    const one = (element) => matches(element, { pattern, negated });
    return negated ? found.value.every(one) : found.value.some(one);
  }
  return found.type === "string" && pattern.test(found.value) !== negated;
}

/** Types are not mixed: the string "5" is neither equal nor unequal to 5. Numbers and durations are all numbers. */
function compare(found, sign, wanted) {
  if (found.type === "array") {
    const one = (element) => compare(element, sign, wanted);
    return sign === "!=" ? found.value.every(one) : found.value.some(one);
  }
  if (found.type === "id") return compareOrdered(found.value, sign, canonicalID(String(wanted.value)));
  const isNumber = (type) => type === "number" || type === "duration";
  if (isNumber(found.type)) return isNumber(wanted.type) && compareNumbers(found.value, sign, wanted.value);
  if (found.type !== wanted.type) return false;
  return compareOrdered(found.value, sign, wanted.value);
}

function compareNumbers(a, sign, b) {
  return !Number.isNaN(a) && !Number.isNaN(b) && compareOrdered(a, sign, b);
}

function compareOrdered(a, sign, b) {
  switch (sign) {
    case "=": return a === b;
    case "!=": return a !== b;
    case "<": return a < b;
    case "<=": return a <= b;
    case ">": return a > b;
    default: return a >= b;
  }
}

function union(a, b) {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
