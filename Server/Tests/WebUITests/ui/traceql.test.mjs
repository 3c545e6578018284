import { findSpans, readWords } from "../../../Sources/CWebUI/ui/model/find.js";
import { parseTraceQL } from "../../../Sources/CWebUI/ui/model/traceql-parse.js";
import { evaluate, matchingSpans } from "../../../Sources/CWebUI/ui/model/traceql.js";
import { equal, ok, test } from "./check.mjs";
import { makeTrace } from "./traces.mjs";

const tag = (key, type, value) => ({ key, type, value });
const kind = (value) => tag("span.kind", "string", value);
const trace = makeTrace([
  ["GET /", 0, 100_000, null, "shop", [kind("server"), tag("http.status_code", "int64", 500)]],
  ["SELECT a", 10, 5_000, "GET /", "shop", [kind("client"), tag("db", "string", "pg"), tag("n", "int64", 1)]],
  ["SELECT b", 20, 6_000, "GET /", "shop", [kind("client"), tag("db", "string", "pg"), tag("n", "int64", 2)]],
  ["charge", 30, 50_000, "GET /", "bank", [tag("error", "bool", true), tag("amount", "float64", 9.5)]],
  ["retry", 40, 7_000, "charge", "bank", [tag("list", "string", "x"), tag("cached", "bool", true)]],
]);
const found = (query) => [...matchingSpans(trace, parseTraceQL(query))];

test("conditions on spans mean what docs/query-language.md says", () => {
  equal(found("{ }"), [0, 1, 2, 3, 4]);
  equal(found('{ resource.service.name = "bank" }'), [3, 4]);
  equal(found("{ span.http.status_code >= 500 }"), [0]);
  equal(found("{ duration > 5.5ms && duration < 60ms }"), [2, 3, 4]);
  equal(found("{ status = error || kind = server }"), [0, 3]);
  equal(found("{ .cached }"), [4]);
  equal(found('{ .db != "pg" }'), []);
  equal(found('{ !(.db = "pg") }'), [0, 3, 4]);
  equal(found("{ .db = nil }"), [0, 3, 4]);
  equal(found('{ name =~ "SELECT .*" }'), [1, 2]);
  equal(found('{ name !~ "(?i)select .*" }'), [0, 3, 4]);
  equal(found("{ .n in (2, 3) }"), [2]);
  equal(found('{ span.n = "2" }'), []);
  equal(found("{ 2 > span.n }"), [1]);
  equal(found("{ .amount = 9.5 }"), [3]);
  equal(found('{ tag("n", "2") }'), [2]);
  equal(found('{ rootName = "GET /" && trace:spanCount = 5 }'), [0, 1, 2, 3, 4]);
  equal(found('{ span:id = "4" }'), [3]);
});

test("relations find children, descendants, parents, ancestors and siblings", () => {
  equal(found("{ kind = server } > { status = error }"), [3]);
  equal(found('{ kind = server } >> { name = "retry" }'), [4]);
  equal(found('{ name = "retry" } < { }'), [3]);
  equal(found('{ name = "retry" } << { }'), [0, 3]);
  equal(found('{ name = "charge" } ~ { }'), [1, 2]);
  equal(found('{ name = "charge" } !> { .cached }'), []);
  equal(found('{ name = "GET /" } &> { status = error }'), [0, 3]);
  equal(found("{ kind = client } && { status = error }"), [1, 2, 3]);
  equal(found("{ kind = client } && { .absent }"), []);
});

test("pipelines count, group and filter", () => {
  equal(found("{ kind = client } | count() > 1"), [1, 2]);
  equal(found("{ kind = client } | count() > 2"), []);
  equal(found("{ kind = client } | avg(span.n) = 1.5"), [1, 2]);
  equal(evaluate(trace, parseTraceQL("{ } | by(resource.service.name)")).length, 2);
  equal(found("{ } | by(resource.service.name) | count() > 2"), [0, 1, 2]);
  equal(found("({ kind = client } | count() > 1) && { status = error }"), [1, 2, 3]);
});

test("an error names what was expected, and where", () => {
  const place = (query) => {
    try {
      parseTraceQL(query);
    } catch (error) {
      return [error.position, error.message.slice(0, 24)];
    }
    return "accepted";
  };
  equal(place("{ http.method = 1 }"), [2, "“http” lacks a level: wr"]);
  equal(place('{ name = "x'), [9, "this string is never clo"]);
  equal(place("{ duration > 5 && }"), [18, "expected a field such as"]);
  equal(place("{ duration > "), [13, "expected a value, found "]);
  equal(place("{ } | pie() > 1"), [6, "there is no stage “pie”;"]);
  equal(place('{ name =~ "(" }')[0], 10);
  ok(place(`{ ${"!(".repeat(100)}`)[1].startsWith("nested deeper"), "depth is bounded");
});

test("garbage is refused, and never anything worse", () => {
  const pieces = ["{", "}", "(", ")", "name", "=", '"x"', "5ms", "&&", ">>", "|", "count()", ".a", "!", "tag", ",",
    "\\", "é"];
  let seed = 4;
  for (let round = 0; round < 3000; round++) {
    let text = "";
    for (let k = 0; k < 12; k++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      text += pieces[seed % pieces.length] + (seed & 64 ? " " : "");
    }
    try {
      evaluate(trace, parseTraceQL(text));
    } catch (error) {
      ok(error.constructor.name === "TraceQLError", `${text}: ${error}`);
    }
  }
});

test("words: any of them, pairs, quotes, and keys to look past", () => {
  equal(readWords('a "b c" key="d e" -db'), { words: ["a", "b c", "key=d e"], left: new Set(["db"]) });
  const words = (text) => [...findSpans(trace, text)];
  equal([words("pg"), words("pg -db"), words("charge retry"), words("n=2")], [[1, 2], [], [3, 4], [2]]);
  equal(words("{ status = error }"), [3]);
});
