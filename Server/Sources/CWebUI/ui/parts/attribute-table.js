// Keys and values as they were sent. Values are text, whatever they contain; only http addresses become links.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";
import "./copy-button.js";

/** @param {import("../model/trace.js").Attribute[]} attributes */
export function attributeTable(attributes) {
  return html`<table class="attributes"><tbody>${attributes.map(row)}</tbody></table>`;
}

function row({ key, type, value }) {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const look = `${key === "error" && shown === "true" ? "failed" : ""} ${shown.includes("\n") ? "lines" : ""}`;
  return html`<tr class="${look}">
    <th scope="row">${breakable(key)}</th>
    <td class="value ${type === "string" ? "" : "typed"}" title="${type}">${valueNode(shown)}</td>
    <td class="actions"><copy-button .text="${shown}" .what="${key}"></copy-button></td>
  </tr>`;
}

/** Long keys break after their dots rather than within a word. */
function breakable(key) {
  return key.split(/(?<=[._/])/).flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

function valueNode(shown) {
  if (shown === "") return html`<span class="dim">${text.emptyValue}</span>`;
  if (/^https?:\/\/[^\s]+$/.test(shown) && URL.canParse(shown)) {
    return html`<a href="${shown}" target="_blank" rel="noopener noreferrer">${shown}</a>`;
  }
  return shown;
}
