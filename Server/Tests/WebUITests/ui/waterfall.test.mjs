import { decodeJaegerTrace } from "../../../Sources/CWebUI/ui/model/jaeger-json.js";
import { VirtualList } from "../../../Sources/CWebUI/ui/draw/virtual-list.js";
import "../../../Sources/CWebUI/ui/parts/waterfall.js";
import { OpenTrace } from "../../../Sources/CWebUI/ui/state/open-trace.js";
import { equal, ok, test } from "./check.mjs";

function scroller(height) {
  const outer = document.createElement("div");
  const inner = document.createElement("div");
  outer.style.cssText = `height: ${height}px; overflow: auto; position: relative`;
  outer.append(inner);
  document.body.append(outer);
  return [outer, inner];
}

test("a list of a hundred thousand rows has elements for those in view, and writes only the new ones", () => {
  const [outer, inner] = scroller(240);
  const written = [];
  const list = new VirtualList(outer, inner, {
    rowHeight: 24,
    create: () => document.createElement("p"),
    write: (element, index) => {
      element.textContent = String(index);
      written.push(index);
    },
  });
  list.setCount(100_000);
  equal([inner.children.length, written], [11, [...Array(11).keys()]]);
  written.length = 0;
  outer.scrollTop = 48;
  list.draw();
  equal(written, [11, 12]);
  list.reveal(99_999);
  equal([list.element(99_999).textContent, list.element(0)], ["99999", null]);
  list.setCount(3);
  equal([...inner.children].filter((row) => !row.hidden).map((row) => row.textContent).sort(), ["0", "1", "2"]);
  list.disconnect();
  outer.remove();
});

test("a list longer than a browser can scroll still reaches its last row", () => {
  const [outer, inner] = scroller(240);
  const create = () => document.createElement("p");
  const write = (element, index) => (element.textContent = String(index));
  const list = new VirtualList(outer, inner, { rowHeight: 24, create, write });
  list.setCount(2_000_000);
  for (const row of [1_999_999, 1_234_567, 0]) {
    list.reveal(row);
    equal(list.element(row)?.textContent, String(row));
    const [box, view] = [list.element(row).getBoundingClientRect(), outer.getBoundingClientRect()];
    ok(list.element(row).style.transform !== "" && box.height >= 0 && view.height === 240, "the row has a place");
  }
  list.disconnect();
  outer.remove();
});

/** A chain of `deep` spans, and `wide` leaves below the first. */
function trace(deep, wide) {
  const id = (n) => (n + 1).toString(16).padStart(16, "0");
  const spans = Array.from({ length: deep + wide }, (_, n) => ({
    traceID: "1", spanID: id(n), operationName: `op-${n}`, startTime: 1000 + n, duration: 500, processID: "p1",
    tags: n === deep - 1 ? [{ key: "error", type: "bool", value: true }] : [],
    references: n === 0 ? [] : [{ refType: "CHILD_OF", traceID: "1", spanID: id(n < deep ? n - 1 : 0) }],
  }));
  return decodeJaegerTrace({ traceID: "1", processes: { p1: { serviceName: "shop", tags: [] } }, spans });
}

function waterfall(shown) {
  const element = document.createElement("trace-waterfall");
  document.body.append(element);
  element.style.cssText = "display: flex; flex-direction: column; height: 500px; width: 900px";
  element.show(new OpenTrace(shown, { stored: false }), new Uint8Array(shown.count));
  element.setZoom([0, shown.duration]);
  element.setView({ keeps: null, repeats: false, revealed: new Uint8Array(0), unfolded: new Uint8Array(0) });
  return element;
}

test("the keys walk, fold and open the tree", () => {
  const element = waterfall(trace(3, 2));
  const { grid } = element;
  const opened = [];
  element.addEventListener("span-open", (event) => opened.push(event.detail));
  const press = (key) => grid.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const active = () => document.getElementById(grid.getAttribute("aria-activedescendant"));
  const levels = () =>
    [...grid.querySelectorAll("[role=row]:not([hidden])")]
      .sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
      .map((row) => `${row.ariaLevel}${row.ariaExpanded ?? ""}`);
  equal(levels(), ["1true", "2true", "3", "2", "2"]);
  press("ArrowDown");
  press("ArrowRight");
  equal(active().getAttribute("aria-level"), "3");
  press("ArrowLeft");
  press("ArrowLeft");
  equal(levels(), ["1true", "2false", "2", "2"]);
  equal(grid.getAttribute("aria-rowcount"), "4");
  const glyph = active().querySelector(".error-glyph");
  equal([glyph.hidden, glyph.classList.contains("hollow")], [false, true]);
  press("End");
  press("Enter");
  equal(opened, [4]);
  element.goTo(2);
  equal([levels().length, active().getAttribute("aria-level")], [5, "3"]);
  element.remove();
});

test("fifty thousand spans, half of them one below the other, are a page of a few hundred elements", () => {
  const element = waterfall(trace(25_000, 25_000));
  ok(element.querySelectorAll("*").length < 800, `${element.querySelectorAll("*").length} elements`);
  element.goTo(24_999);
  const row = element.list.element(24_999);
  equal([row.getAttribute("aria-level"), row.querySelector(".level").textContent], ["25000", "25000"]);
  element.remove();
});
