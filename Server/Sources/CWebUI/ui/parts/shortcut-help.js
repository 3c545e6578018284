// The sheet of keyboard shortcuts: the table of commands, as it is.

import { html } from "../draw/html.js";
import { COMMANDS, available, keyLabel } from "../state/commands.js";
import { preference, setPreference } from "../state/preferences.js";
import { text } from "../text/en.js";
import { openSheet } from "./sheet.js";

export function openHelp() {
  const here = new Set(available().map((command) => command.scope));
  const scopes = [...new Set(COMMANDS.map((command) => command.scope))];
  // What can be done on this page comes first.
  scopes.sort((a, b) => Number(here.has(b)) - Number(here.has(a)));
  const groups = scopes.map((scope) => group(scope)).filter(Boolean);
  const off = preference("single-keys", "on") === "off";
  openSheet({
    title: text.shortcuts.title,
    name: "help-sheet",
    content: [
      html`<label class="check"><input type="checkbox" .checked="${!off}"
        @change="${(event) => setPreference("single-keys", event.target.checked ? "on" : "off")}">
        ${text.shortcuts.singleKeys}</label>`,
      html`<div class="help-groups" tabindex="0" role="group" aria-label="${text.shortcuts.title}">${groups}</div>`,
    ],
  });
}

function group(scope) {
  const commands = COMMANDS.filter((command) => command.scope === scope && command.keys.length);
  if (commands.length === 0) return null;
  return html`<section>
    <h3>${text.scopes[scope]}</h3>
    <dl>${commands.map(
      ({ id, keys }) => html`<div><dt>${text.commands[id]}</dt><dd>${keyCaps(keys)}</dd></div>`,
    )}</dl>
  </section>`;
}

/** @param {string[]} keys the ways to press a command */
export function keyCaps(keys) {
  return keys.flatMap((way, index) => [
    index > 0 && html`<span class="dim"> ${text.shortcuts.or} </span>`,
    html`<kbd>${keyLabel(way)}</kbd>`,
  ]);
}
