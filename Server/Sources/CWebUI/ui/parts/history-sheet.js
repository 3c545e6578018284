// What was searched lately, and searches that were saved under a name.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { formatAge } from "../model/format.js";
import { navigate } from "../state/navigation.js";
import { forget, note, recent } from "../state/recent.js";
import { locale, text } from "../text/en.js";
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";

export function openHistory() {
  const body = html`<div class="history"></div>`;
  const render = () => body.replaceChildren(group("saved", render), group("searches", render));
  render();
  const sheet = openSheet({ title: text.historyTitle, name: "history-sheet", content: body });
  body.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    sheet.close();
    navigate(link.getAttribute("href"));
  });
}

/** Asks for a name and keeps a search under it. */
export function openSave(href, suggestion) {
  const input = html`<input id="search-name" type="text" value="${suggestion}" autocomplete="off" required>`;
  const form = html`<form class="settings" @submit="${(event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (!name) return;
    note("saved", href, name);
    sheet.close();
    toast(text.searchSaved(name));
  }}">
    <div class="field"><label for="search-name">${text.searchName}</label>${input}</div>
    <p class="hint">${text.savedHint}</p>
    <button type="submit" class="primary">${text.save}</button>
  </form>`;
  const sheet = openSheet({ title: text.saveTitle, name: "settings-sheet", content: form });
  input.focus();
  input.select();
}

function group(kind, render) {
  const entries = recent(kind);
  const now = Date.now() * 1000;
  const rows = entries.map(
    ({ href, title, at }) => html`<li><a href="${href}">${title}</a>
      <span class="dim">${formatAge(at * 1000, now, locale)}</span>
      <button type="button" class="quiet small" aria-label="${text.forget(title)}" title="${text.forget(title)}"
        @click="${() => {
          forget(kind, href);
          render();
        }}">${icons.close()}</button></li>`,
  );
  return html`<section><h3>${text.historyKinds[kind]}</h3>
    ${rows.length ? html`<ul>${rows}</ul>` : html`<p class="hint">${text.historyEmpty[kind]}</p>`}</section>`;
}
