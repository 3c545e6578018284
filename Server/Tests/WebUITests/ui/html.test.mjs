import { html } from "../../../Sources/CWebUI/ui/draw/html.js";
import { equal, ok, test } from "./check.mjs";

test("a value is text, whatever it looks like", () => {
  const evil = `<img src=x onerror="alert(1)">`;
  const p = html`<p title="${evil}">${evil}</p>`;
  equal([p.children.length, p.textContent, p.title], [0, evil, evil]);
});

test("attributes are written, left out or joined with what stands around them", () => {
  const a = html`<a class="x ${"y"} z" href="${"trace/1"}" hidden="${false}" lang="${null}" download="${true}"></a>`;
  equal([a.className, a.getAttribute("href"), a.getAttribute("download")], ["x y z", "trace/1", ""]);
  equal([a.hasAttribute("hidden"), a.hasAttribute("lang")], [false, false]);
});

test("properties and listeners reach the element they are written on", () => {
  let pressed = 0;
  const form = html`<form><p>${"text"}</p><input .value="${"a b"}">
    <button @click="${() => pressed++}">x</button></form>`;
  form.querySelector("button").dispatchEvent(new Event("click"));
  equal([form.querySelector("input").value, pressed], ["a b", 1]);
});

test("children may be elements, lists of them, or nothing", () => {
  const items = ["a", "b"].map((name) => html`<li>${name}</li>`);
  const list = html`<ul>${items}${null}${false}${undefined}<li>${0}</li></ul>`;
  equal([...list.children].map((item) => item.textContent), ["a", "b", "0"]);
  const pair = html`<p>${1} ${2}</p>`;
  equal(pair.textContent, "1 2");
});

test("one template makes as many elements as it is asked for", () => {
  const make = (n) => html`<b id="${n}">${n}</b>`;
  const [first, second] = [make(1), make(2)];
  equal([first.id, first.textContent, second.id, second.textContent], ["1", "1", "2", "2"]);
});

test("drawings are in the namespace of drawings", () => {
  const svg = html`<svg viewBox="0 0 16 16"><path d="${"M0 0"}"></path></svg>`;
  equal(svg.firstChild.namespaceURI, "http://www.w3.org/2000/svg");
  equal([svg.getAttribute("viewBox"), svg.firstChild.getAttribute("d")], ["0 0 16 16", "M0 0"]);
});

test("what the policy would refuse, and what is misspelt, is an error at once", () => {
  const refused = [
    () => html`<p style="${"color: red"}"></p>`,
    () => html`<p onclick="${"x"}"></p>`,
    () => html`<p .innerHTML="${"x"}"></p>`,
    () => html`<p>`,
    () => html`<p></b>`,
    () => html`<p <b></p>`,
  ];
  for (const make of refused) {
    let message = "";
    try {
      make();
    } catch (error) {
      message = error.message;
    }
    ok(message.startsWith("template:"), `${make} was accepted`);
  }
});
