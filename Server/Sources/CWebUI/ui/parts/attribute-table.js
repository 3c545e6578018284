// Keys and values as they were sent. Values are text, whatever they contain; only http addresses become links, and
// what the operator's link patterns make of them.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";
import "./copy-button.js";
import { dropMenu } from "./drop-menu.js";

const LONG = 300; // characters above which a value is folded at first

/**
 * @param {import("../model/trace.js").Attribute[]} attributes
 * @param {{level?: string, links?: (attribute: object) => {url: string, text: string}[], act?: (name: string,
 *   attribute: object, level: string) => void}} options act is called for "filter-by", "filter-out" and "search-by"
 */
export function attributeTable(attributes, { level = "span", links = () => [], act = null } = {}) {
  const rows = attributes.map((attribute) => row(attribute, level, links, act));
  return html`<table class="attributes"><tbody>${rows}</tbody></table>`;
}

function row(attribute, level, links, act) {
  const { key, type, value } = attribute;
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const formatted = pretty(shown);
  const lines = (formatted ?? shown).includes("\n");
  const look = `${key === "error" && shown === "true" ? "failed" : ""} ${lines ? "lines" : ""}`;
  return html`<tr class="${look}">
    <th scope="row">${breakable(key)}</th>
    <td class="value ${type === "string" ? "" : "typed"}" title="${type}">${valueNode(shown, formatted)}
      ${links(attribute).map(({ url, text: label }) => html`<a class="pattern-link" href="${url}" target="_blank"
        rel="noopener noreferrer">${icons.link()} ${label}</a>`)}</td>
    <td class="actions"><copy-button .text="${shown}" .what="${key}"></copy-button>
      ${act && valueMenu(attribute, shown, level, act)}</td>
  </tr>`;
}

function valueMenu(attribute, shown, level, act) {
  const item = (label, name) =>
    html`<button type="button" class="menu-item" @click="${() => act(name, attribute, level)}">${label}</button>`;
  const copy = (label, value) =>
    html`<span class="menu-item">${label} <copy-button .text="${value}" .what="${label}"></copy-button></span>`;
  const json = JSON.stringify(attribute);
  const menu = dropMenu(html`<span class="off-screen">${attribute.key}</span>`, () => [
    item(text.filterBy, "filter-by"),
    item(text.filterOut, "filter-out"),
    item(text.searchBy, "search-by"),
    copy(text.copyForms.pair, `${attribute.key}=${shown}`),
    copy(text.copyForms.json, json),
  ]);
  menu.classList.add("value-menu");
  return menu;
}

/** Long keys break after their dots rather than within a word. */
function breakable(key) {
  return key.split(/(?<=[._/])/).flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

function valueNode(shown, formatted) {
  if (shown === "") return html`<span class="dim">${text.emptyValue}</span>`;
  if (/^https?:\/\/[^\s]+$/.test(shown) && URL.canParse(shown)) {
    return html`<a href="${shown}" target="_blank" rel="noopener noreferrer">${shown}</a>`;
  }
  if (formatted) {
    const pre = html`<span>${formatted}</span>`;
    const swap = (event) => {
      const asSent = pre.textContent === formatted;
      pre.textContent = asSent ? shown : formatted;
      event.target.textContent = asSent ? text.pretty : text.asSent;
    };
    return [pre, html` <button type="button" class="as-link small-link" @click="${swap}">${text.asSent}</button>`];
  }
  if (shown.length <= LONG) return shown;
  const rest = html`<span hidden>${shown.slice(LONG)}</span>`;
  const more = html`<button type="button" class="as-link small-link">… ${text.show}</button>`;
  more.addEventListener("click", () => {
    rest.hidden = false;
    more.remove();
  });
  return [shown.slice(0, LONG), rest, more];
}

const CLAUSES = "FROM|WHERE|LEFT JOIN|INNER JOIN|JOIN|GROUP BY|ORDER BY|LIMIT|VALUES|SET|HAVING|UNION";
const STATEMENT = new RegExp(`\\s+(?=\\b(?:${CLAUSES})\\b)`, "g");

/** JSON and SQL on several lines; null where there is nothing to gain. Exported for the tests. */
export function pretty(value) {
  if (value.length > 60 && /^(?:SELECT|INSERT|UPDATE|DELETE)\s/.test(value) && !value.includes("\n")) {
    const lines = value.replace(STATEMENT, "\n  ");
    return lines === value ? null : lines;
  }
  if (value.length < 20 || !/^[[{]/.test(value)) return null;
  try {
    const formatted = JSON.stringify(JSON.parse(value), null, 2);
    return formatted.includes("\n") ? formatted : null;
  } catch {
    return null;
  }
}
