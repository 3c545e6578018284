// What a person may set for themselves, in one place. Everything is kept by the browser and works at once.

import { html } from "../draw/html.js";
import { isZone, zoneName } from "../model/format.js";
import { preference, setPreference, setTheme, setTimeZone } from "../state/preferences.js";
import { text } from "../text/en.js";
import { openSheet } from "./sheet.js";

export function openSettings() {
  const { settings } = text;
  openSheet({
    title: settings.title,
    name: "settings-sheet",
    content: html`<div class="settings">
      ${choice(settings.theme, "theme", settings.themes, setTheme)}
      ${zoneField()}
      ${choice(settings.density, "density", settings.densities, density)}
      ${choice(settings.colours, "colours", settings.colourSets, colours)}
      <label class="check"><input type="checkbox" .checked="${preference("single-keys", "on") === "on"}"
        @change="${(event) => setPreference("single-keys", event.target.checked ? "on" : "off")}">
        ${text.shortcuts.singleKeys}</label>
      <p class="hint">${settings.kept}</p>
    </div>`,
  });
}

/** @param {Record<string, string>} values labels by value, the default first */
function choice(label, name, values, apply) {
  const now = preference(name, Object.keys(values)[0]);
  const options = Object.entries(values).map(
    ([value, title]) => html`<option value="${value}" .selected="${value === now}">${title}</option>`,
  );
  return html`<div class="field"><label for="setting-${name}">${label}</label>
    <select id="setting-${name}" @change="${(event) => apply(event.target.value)}">${options}</select></div>`;
}

function zoneField() {
  const { settings } = text;
  const names = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  const problem = html`<p class="problem" role="alert" hidden>${settings.noZone}</p>`;
  const change = (event) => {
    const zone = event.target.value.trim();
    const known = zone === "" || isZone(zone);
    problem.hidden = known;
    event.target.setAttribute("aria-invalid", String(!known));
    if (known) setTimeZone(zone);
  };
  return html`<div class="field"><label for="setting-zone">${settings.zone}</label>
    <input id="setting-zone" list="zones" value="${preference("zone", "")}" autocomplete="off" spellcheck="false"
      placeholder="${settings.localZone(zoneName())}" @change="${change}">
    <datalist id="zones">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>${problem}
  </div>`;
}

function density(value) {
  setPreference("density", value);
  document.documentElement.dataset.density = value;
  window.dispatchEvent(new Event("resize"));
}

function colours(value) {
  setPreference("colours", value);
  document.documentElement.dataset.colours = value;
  document.dispatchEvent(new Event("theme-change"));
}
