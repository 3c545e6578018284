import { columnsOf, distribute, durationRows, shade } from "../../../Sources/CWebUI/ui/model/distribution.js";
import { parseField, formatField, setZone } from "../../../Sources/CWebUI/ui/model/format.js";
import * as query from "../../../Sources/CWebUI/ui/model/query-text.js";
import * as search from "../../../Sources/CWebUI/ui/model/search-state.js";
import { readSummary } from "../../../Sources/CWebUI/ui/model/summary.js";
import { mergeConfig } from "../../../Sources/CWebUI/ui/state/config.js";
import { parseEmbed } from "../../../Sources/CWebUI/ui/state/embed.js";
import { equal, ok, test } from "./check.mjs";

const { SEARCH_DEFAULTS } = search;

test("a search survives the address bar", () => {
  const state = {
    services: ["a/b c", "d&e"], operation: "GET /x?y=1&z", tags: { "http.status_code": "500", msg: "a b" },
    q: '{ name = "x" }', kind: "server", status: "error", start: 1700000000000000, end: 1700000003600000, limit: 50,
    lookback: "1h", minDuration: "1.2ms", maxDuration: "3s", minTraceDuration: "1s", maxTraceDuration: "2m",
    sort: "longest", view: "list", columns: ["start", "http.route"], chart: "heatmap", pick: ["ab12", "cd"],
  };
  equal(search.parseSearch(search.formatSearch(state)), state);
  equal(search.parseSearch(search.formatSearch(SEARCH_DEFAULTS)), SEARCH_DEFAULTS);
});

test("links that Jaeger wrote keep working", () => {
  const state = search.parseSearch(
    "end=1700000003600000&limit=20&lookback=1h&maxDuration&minDuration&operation=all&service=first-service" +
      "&start=1700000000000000&tags=%7B%22first-tag%22%3A%22100%22%7D&tag=error%3Atrue",
  );
  equal([state.services, state.operation, state.limit], [["first-service"], "", 20]);
  equal(state.tags, { error: "true", "first-tag": "100" });
  equal([state.start, state.end], [1700000000000000, 1700000003600000]);
});

test("nonsense in a link falls back to the defaults", () => {
  const state = search.parseSearch("limit=-3&start=abc&end=1e9&tags=%7Bbroken&sort=fastest&view=3d&pick=..%2F,ab");
  equal([state.limit, state.start, state.end, state.tags], [20, null, null, {}]);
  equal([state.sort, state.view, state.pick], ["newest", "table", ["ab"]]);
  const polluted = search.parseSearch("tags=%7B%22__proto__%22%3A%22x%22%7D");
  equal(Object.keys(polluted.tags), ["__proto__"]);
  equal({}.x, undefined);
});

test("what goes to the server has a range, and kind and status behind the query", () => {
  const looks = { view: "list", pick: ["1"] };
  const state = { ...SEARCH_DEFAULTS, ...looks, services: ["a", "b"], kind: "client", sort: "longest" };
  const params = search.formatQuestion(state, 7200e6);
  equal(params.getAll("service"), ["a", "b"]);
  equal([params.get("start"), params.get("end")], [String(3600e6), String(7200e6)]);
  equal([params.get("q"), params.get("sort"), params.get("view"), params.get("pick")], [
    "{ kind = client }", "longest", null, null,
  ]);
  equal(search.traceQLOf({ q: "{ .a = 1 }", kind: "", status: "error" }), "{ .a = 1 } | { status = error }");
  ok(search.asksForSpans({ ...SEARCH_DEFAULTS, status: "error" }), "a status is about spans");
  ok(!search.asksForSpans({ ...SEARCH_DEFAULTS, services: ["a"] }), "a service is not");
});

test("the query box tells its two languages apart and joins what a link has of both", () => {
  equal(query.splitQuery(" { status = error } "), { q: "{ status = error }", tags: {} });
  equal(query.splitQuery("a=1 b"), { q: "", tags: { a: "1", b: "true" } });
  equal(query.joinQuery({ q: "", tags: { a: "x y" } }), 'a="x y"');
  equal(query.joinQuery({ q: "{ }", tags: { a: "1" } }), '{ } | { tag("a", "1") }');
});

const place = (text) => {
  const caret = text.indexOf("^");
  const { kind, prefix, key, level } = query.placeAt(text.replace("^", ""), caret);
  return [kind, prefix, key, level].join("|");
};

test("what is typed is known for what it is", () => {
  equal(place("htt^"), "key|htt||");
  equal(place("a=1 er^ror=true"), "key|er||");
  equal(place("http.method=PO^"), "value|PO|http.method|");
  equal(place('a="x y^'), "value|x y|a|");
  equal(place("{ ^"), "key|||");
  equal(place("{ span.ht^ }"), "key|ht|span.ht|span");
  equal(place("{ .a = 1 && res^"), "key|res|res|");
  equal(place('{ resource.service.name = "sh^"'), "value|sh|service.name|resource");
  equal(place("{ status = er^ }"), "value|er|status|");
  equal(place("{ .a = 1 ^ }"), "none|||");
  equal(place("{ } | ^"), "none|||");
  equal(query.writeKey("a b", "resource", true), 'resource."a b"');
  equal(query.writeValue("x y", "string", false), '"x y"');
  equal([query.writeValue(500, "int", true), query.writeValue("a", "string", true)], ["500", '"a"']);
});

test("an error of the server is found in the query that it is about", () => {
  const fault = query.faultOf("parameter 'q': line 1, column 3: `foo` is not a field", "{ foo = 3 }");
  equal([fault.from, fault.to, fault.message], [2, 5, "`foo` is not a field"]);
  const second = query.faultOf("line 2, column 1: why", "{ }\n&& {");
  equal([second.from, second.to], [4, 5]);
  equal(query.faultOf("something else", "{ }"), null);
  const end = query.faultOf("line 1, column 4: unexpected end", "{ a");
  equal([end.from, end.to], [3, 4]);
});

test("a summary keeps its microseconds and is named after its root", () => {
  const summary = readSummary({
    traceId: "0000000000000000000000000000012c", rootServiceName: "shop", rootOperationName: "POST /",
    minStartTimeUnixNano: "1699999999999000250", maxEndTimeUnixNano: "1700000000298000000", spanCount: 12,
    errorSpanCount: 1, services: [{ name: "a", spanCount: 1 }, { name: "shop", spanCount: 11, errorSpanCount: 1 }],
  });
  equal([summary.traceID, summary.service, summary.operation], ["000000000000012c", "shop", "POST /"]);
  ok(summary.rooted, "it has a root");
  equal([summary.duration, Math.floor(summary.startTime)], [298999.75, 1699999999999000]);
  equal(summary.services.map((service) => service.name), ["shop", "a"]);
  equal(readSummary({}).spans, 0);
});

test("traces are spread over time and duration, and none gets lost", () => {
  const summaries = [10, 900, 5000, 5000].map((duration, index) => ({
    traceID: String(index), startTime: index * 10, duration, errors: index === 3 ? 1 : 0,
  }));
  const spread = distribute(summaries, 0, 40, 4);
  equal([spread.counted, spread.columns, spread.step], [4, 4, 10]);
  equal(spread.cells.reduce((sum, cell) => sum + cell.count, 0), 4);
  equal(columnsOf(spread).map((point) => point.count), [1, 1, 1, 1]);
  equal(columnsOf(spread)[3].errors, 1);
  equal(distribute([], 0, 40, 4).counted, 0);
  const rows = durationRows(100, 100_000, 24);
  ok(rows.length <= 24 && rows[0].from === 100 && Math.abs(rows.at(-1).to - 100_000) < 1, "rows cover the range");
  ok(shade(1, 100) > 0.1 && shade(100, 100) === 1, "the fewest are seen too");
});

test("times are read in the zone that they are shown in, clock changes included", () => {
  for (const zone of ["UTC", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu"]) {
    setZone(zone);
    for (const micros of [1700000000e6, 1710054000e6, 1710140400e6, 0]) {
      equal(parseField(formatField(micros)), micros);
    }
  }
  setZone("Asia/Tokyo");
  equal(formatField(1700000000e6), "2023-11-15T07:13:20");
  setZone("");
  ok(Number.isNaN(parseField("yesterday")) && Number.isNaN(parseField("")), "no times");
});

test("Jaeger's configuration is laid over the defaults, and what does not fit is left out", () => {
  const configured = { menu: [{ label: "Docs" }], search: { maxLimit: 50 }, themes: "no", tracking: { gaID: "x" } };
  const merged = mergeConfig(configured);
  equal([merged.menu.length, merged.search.maxLimit, merged.themes.enabled, merged.tracking], [1, 50, true, undefined]);
  equal(mergeConfig(null), mergeConfig({}));
});

test("embedding is read in version 0 only", () => {
  equal(parseEmbed("uiEmbed=v0&uiSearchHideGraph=1&x=1"), { uiEmbed: "v0", uiSearchHideGraph: "1" });
  equal(parseEmbed("uiEmbed=v1&uiSearchHideGraph=1"), {});
});
