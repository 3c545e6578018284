// Which columns the results have: those that every trace has, and any attribute by its key.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { FIXED_COLUMNS } from "../model/search-state.js";
import * as api from "../state/api.js";
import { text } from "../text/en.js";
import "./combo-box.js";
import { openSheet } from "./sheet.js";

/**
 * @param {string[]} columns those that are shown
 * @param {URLSearchParams} context service, start and end whose attributes are offered
 * @param {(columns: string[]) => void} apply is called at each change
 */
export function openColumns(columns, context, apply) {
  let chosen = columns;
  const list = html`<ul class="column-list"></ul>`;
  const change = (next) => {
    chosen = next;
    render();
    apply(chosen);
  };
  const toggle = (column, on) => change(on ? inOrder([...chosen, column]) : chosen.filter((other) => other !== column));
  const render = () => {
    const own = FIXED_COLUMNS.map((column) => box(column, chosen.includes(column), (on) => toggle(column, on)));
    const keys = chosen.filter((column) => !FIXED_COLUMNS.includes(column));
    list.replaceChildren(...own, ...keys.map((key) => keyEntry(key, () => toggle(key, false))));
  };
  const combo = html`<combo-box .inputID="${"column-key"}" .placeholder="${text.columnExample}" .free="${true}"
    @choose="${(event) => {
      const key = event.detail.trim();
      combo.value = "";
      if (key && !chosen.includes(key)) change([...chosen, key]);
    }}"></combo-box>`;
  render();
  openSheet({
    title: text.columnsTitle,
    name: "settings-sheet",
    content: html`<div class="settings">${list}
      <div class="field"><label for="column-key">${text.addColumn}</label>${combo}</div>
      <p class="hint">${text.columnsHint}</p></div>`,
  });
  suggest(combo, context);
}

/** Fixed columns keep their order, keys follow in the order in which they were added. */
function inOrder(columns) {
  const keys = columns.filter((column) => !FIXED_COLUMNS.includes(column));
  return [...FIXED_COLUMNS.filter((column) => columns.includes(column)), ...keys];
}

async function suggest(combo, context) {
  context.set("limit", "500");
  try {
    const found = await api.attributes(context);
    combo.options = [...new Set(found.map((attribute) => attribute.key))];
  } catch {
    // The key can be typed.
  }
}

function box(column, checked, onChange) {
  return html`<li><label class="check"><input type="checkbox" .checked="${checked}"
    @change="${(event) => onChange(event.target.checked)}">${text.columns[column]}</label></li>`;
}

function keyEntry(key, remove) {
  return html`<li class="chip"><span class="chip-name">${key}</span>
    <button type="button" class="quiet small" aria-label="${text.removeColumn(key)}" @click="${remove}">
      ${icons.close()}</button></li>`;
}
