// TraceQL, read: the same language as the search's (docs/query-language.md), for filtering inside one trace.
// Errors know their place, so that the box can mark the word.

export class TraceQLError extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

const TOKEN = new RegExp(
  [
    /(\s+)/,
    /("(?:[^"\\]|\\.)*"|`[^`]*`)/,
    /((?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+(?![\w.]))/,
    /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w]))/,
    /(!>>|!<<|&>>|&<<|>>|<<|!>|!<|!~|&>|&<|&~|=~|!=|<=|>=|&&|\|\||[{}()|,=<>~!.])/,
    /([A-Za-z_][\w-]*(?::[A-Za-z]+)?)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "y",
);
const KINDS = ["space", "string", "duration", "number", "sign", "word"];
const MOST = 16384;
const DEEPEST = 60;
const UNITS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9, d: 86400e9 };

const INTRINSICS = new Map(
  [
    ["name", "name"], ["duration", "duration"], ["status", "status"], ["statusMessage", "statusMessage"],
    ["kind", "kind"], ["id", "id"], ["parentID", "parentID"], ["rootName", "rootName"],
    ["rootServiceName", "rootService"], ["traceDuration", "traceDuration"], ["trace:id", "traceID"],
    ["trace:rootName", "rootName"], ["trace:rootService", "rootService"], ["trace:duration", "traceDuration"],
    ["trace:spanCount", "spanCount"], ["event:name", "eventName"], ["event:timeSinceStart", "eventTime"],
    ["link:spanID", "linkSpanID"], ["link:traceID", "linkTraceID"],
    ["instrumentation:name", "scopeName"], ["instrumentation:version", "scopeVersion"],
  ].filter(([word]) => word !== "id" && word !== "parentID"),
);
for (const word of ["name", "duration", "status", "statusMessage", "kind", "id", "parentID"]) {
  INTRINSICS.set(`span:${word}`, word);
}
const LEVELS = new Set(["span", "resource", "event", "link", "instrumentation"]);
const WORDS = new Map([
  ...["error", "ok", "unset"].map((word) => [word, { type: "status", value: word }]),
  ...["server", "client", "internal", "producer", "consumer", "unspecified"].map((word) => [
    word,
    { type: "kind", value: word },
  ]),
  ["true", { type: "bool", value: true }],
  ["false", { type: "bool", value: false }],
  ["nil", { type: "nil", value: null }],
]);
const RELATIONS = /^[!&]?(?:>>|<<|>|<|~)$/;
const COMPARISONS = new Set(["=", "!=", "<", "<=", ">", ">=", "=~", "!~"]);
const AGGREGATES = new Set(["count", "avg", "min", "max", "sum"]);

/** Whether a text is meant as TraceQL rather than as words to look for. */
export function looksLikeTraceQL(text) {
  return /^\s*\(*\s*\{/.test(text);
}

/** @returns {object} a pipeline @throws {TraceQLError} */
export function parseTraceQL(text) {
  if (text.length > MOST) throw new TraceQLError("the query is longer than 16 KiB", MOST);
  const parser = new Parser(lex(text), text.length);
  const pipeline = parser.pipeline();
  if (parser.token) parser.fail("an operator or the end");
  return pipeline;
}

function lex(text) {
  const tokens = [];
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) {
      const open = text[at] === '"' || text[at] === "`";
      throw new TraceQLError(open ? "this string is never closed" : `“${text[at]}” means nothing here`, at);
    }
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)];
    if (kind !== "space") tokens.push({ kind, text: match[0], at, joined: tokens.at(-1)?.end === at,
      end: at + match[0].length });
    at = TOKEN.lastIndex;
  }
  return tokens;
}

class Parser {
  #next = 0;
  #depth = 0;

  constructor(tokens, length) {
    this.tokens = tokens;
    this.length = length;
  }

  get token() {
    return this.tokens[this.#next];
  }

  fail(wanted) {
    const { token } = this;
    throw new TraceQLError(
      token ? `expected ${wanted}, found “${token.text}”` : `expected ${wanted}, found the end`,
      token?.at ?? this.length,
    );
  }

  is(...signs) {
    return this.token?.kind === "sign" && signs.includes(this.token.text);
  }

  accept(...signs) {
    return this.is(...signs) ? this.tokens[this.#next++] : null;
  }

  expect(sign) {
    return this.accept(sign) ?? this.fail(`“${sign}”`);
  }

  nested(read) {
    if (++this.#depth > DEEPEST) throw new TraceQLError(`nested deeper than ${DEEPEST}`, this.token?.at ?? 0);
    const result = read();
    this.#depth--;
    return result;
  }

  pipeline() {
    const first = this.spansets();
    const stages = [];
    while (this.accept("|")) stages.push(this.stage());
    return { type: "pipeline", first, stages };
  }

  /** && and || bind equally, from the left; relations bind more tightly. */
  spansets() {
    let left = this.related();
    for (let sign; (sign = this.accept("&&", "||")); ) left = { type: sign.text, left, right: this.related() };
    return left;
  }

  related() {
    let left = this.spanset();
    while (this.token?.kind === "sign" && RELATIONS.test(this.token.text)) {
      const sign = this.tokens[this.#next++].text;
      const mode = sign[0] === "!" || sign[0] === "&" ? sign[0] : "";
      left = { type: "relation", relation: sign.slice(mode.length), mode, left, right: this.spanset() };
    }
    return left;
  }

  spanset() {
    if (this.accept("(")) {
      const inner = this.nested(() => this.pipeline());
      this.expect(")");
      return inner;
    }
    this.expect("{");
    const test = this.is("}") ? null : this.conditions();
    this.expect("}");
    return { type: "filter", test };
  }

  stage() {
    if (this.is("{", "(")) return { type: "filter", spanset: this.spansets() };
    const word = this.token?.kind === "word" ? this.tokens[this.#next++] : this.fail("a stage such as count() > 2");
    this.expect("(");
    if (word.text === "coalesce") return this.expect(")") && { type: "coalesce" };
    if (word.text === "by") return { type: "by", field: this.closed(this.field()) };
    if (word.text === "select") {
      this.field();
      while (this.accept(",")) this.field();
      return this.closed({ type: "select" });
    }
    if (!AGGREGATES.has(word.text)) {
      const known = ["by", "coalesce", "select", ...AGGREGATES].join(", ");
      throw new TraceQLError(`there is no stage “${word.text}”; there are ${known}`, word.at);
    }
    const field = word.text === "count" ? null : this.field();
    this.expect(")");
    const sign = this.comparison();
    return { type: "aggregate", how: word.text, field, sign, value: this.value() };
  }

  closed(result) {
    this.expect(")");
    return result;
  }

  conditions() {
    let left = this.condition();
    for (let sign; (sign = this.accept("&&", "||")); ) left = { type: sign.text, left, right: this.condition() };
    return left;
  }

  condition() {
    if (this.accept("!")) return { type: "not", test: this.nested(() => this.bracketed()) };
    if (this.is("(")) return this.nested(() => this.bracketed());
    if (this.token?.text === "tag" && this.tokens[this.#next + 1]?.text === "(") return this.jaegerTag();
    if (this.startsValue()) {
      const value = this.value();
      const sign = this.comparison();
      const flipped = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" }[sign] ?? sign;
      return this.compare(this.field(), flipped, value);
    }
    const field = this.field();
    if (this.token?.kind === "word" && this.token.text === "in") return this.oneOf(field);
    if (!this.token || !COMPARISONS.has(this.token.text)) {
      return this.compare(field, "=", { type: "bool", value: true });
    }
    return this.compare(field, this.comparison(), this.value());
  }

  bracketed() {
    this.expect("(");
    return this.closed(this.conditions());
  }

  jaegerTag() {
    this.#next += 2;
    const key = this.string();
    this.expect(",");
    const value = this.string();
    return this.closed({ type: "tag", key, value });
  }

  oneOf(field) {
    this.#next++;
    this.expect("(");
    const values = [this.value()];
    while (this.accept(",")) values.push(this.value());
    return this.closed({ type: "in", field, values });
  }

  comparison() {
    if (this.token?.kind !== "sign" || !COMPARISONS.has(this.token.text)) this.fail("a comparison such as =");
    return this.tokens[this.#next++].text;
  }

  compare(field, sign, value) {
    if (sign !== "=~" && sign !== "!~") return { type: "compare", field, sign, value };
    const at = this.tokens[this.#next - 1]?.at ?? 0;
    if (value.type !== "string") throw new TraceQLError("a regular expression stands in quotes", at);
    return { type: "matches", field, negated: sign === "!~", pattern: regularExpression(value.value, at) };
  }

  startsValue() {
    const { token } = this;
    if (!token) return false;
    if (token.kind === "word") return WORDS.has(token.text) && !INTRINSICS.has(token.text);
    return token.kind === "string" || token.kind === "duration" || token.kind === "number";
  }

  value() {
    const token = this.startsValue() ? this.tokens[this.#next++] : this.fail("a value");
    if (token.kind === "word") return WORDS.get(token.text);
    if (token.kind === "string") return { type: "string", value: unquote(token.text) };
    if (token.kind === "number") return { type: "number", value: Number(token.text) };
    let total = 0;
    for (const [, n, unit] of token.text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h|d)/g)) total += Number(n) * UNITS[unit];
    return { type: "duration", value: total };
  }

  string() {
    if (this.token?.kind !== "string") this.fail("a text in quotes");
    return unquote(this.tokens[this.#next++].text);
  }

  /** A field: an intrinsic, or a level and a key whose parts are joined by dots. */
  field() {
    if (this.is(".")) return { level: "any", key: this.key() };
    const { token } = this;
    if (token?.kind !== "word") this.fail("a field such as span.http.method, name or duration");
    this.#next++;
    if (LEVELS.has(token.text) && this.is(".")) return { level: token.text, key: this.key() };
    if (INTRINSICS.has(token.text) && !(this.is(".") && this.token.joined)) {
      return { intrinsic: INTRINSICS.get(token.text) };
    }
    throw new TraceQLError(
      `“${token.text}” lacks a level: write .${token.text}, span.${token.text} or resource.${token.text}`,
      token.at,
    );
  }

  key() {
    const parts = [];
    while (this.is(".") && (parts.length === 0 || this.token.joined)) {
      this.#next++;
      const { token } = this;
      if (token?.kind === "string") parts.push(unquote(token.text));
      else if (token && token.joined && token.kind !== "sign") parts.push(token.text);
      else this.fail("a key");
      this.#next++;
    }
    return parts.join(".");
  }
}

function unquote(text) {
  if (text[0] === "`") return text.slice(1, -1);
  const escapes = { n: "\n", r: "\r", t: "\t" };
  return text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code, sign) =>
      code ? String.fromCharCode(parseInt(code, 16)) : (escapes[sign] ?? sign),
    );
}

const CLASSES = { alpha: "A-Za-z", digit: "0-9", alnum: "A-Za-z0-9", upper: "A-Z", lower: "a-z", space: "\\s",
  word: "\\w" };

/** RE2's syntax as far as the browser's engine has it: whole strings, and a dot matches line ends. */
function regularExpression(source, at) {
  let flags = "s";
  let pattern = source.replace(/^\(\?([is]+)\)/, (_, letters) => ((flags += letters.includes("i") ? "i" : ""), ""));
  pattern = pattern
    .replace(/\\A/g, "^")
    .replace(/\\z/g, "$")
    .replace(/\[:(\w+):\]/g, (whole, name) => CLASSES[name] ?? whole);
  try {
    return new RegExp(`^(?:${pattern})$`, flags);
  } catch (error) {
    throw new TraceQLError(`the regular expression cannot be read: ${error.message}`, at);
  }
}
