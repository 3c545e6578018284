// Light, dark, or as the system: three radio buttons that look like one control.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { preference, setTheme } from "../state/preferences.js";
import { text } from "../text/en.js";

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    const now = preference("theme", "system");
    const choice = (theme, icon) => html`<label title="${text.theme[theme]}">
      <input type="radio" name="theme" aria-label="${text.theme[theme]}" .checked="${theme === now}"
        @change="${() => setTheme(theme)}">${icon()}</label>`;
    this.replaceChildren(html`<fieldset>
      <legend class="off-screen">${text.theme.title}</legend>
      ${choice("light", icons.sun)}${choice("system", icons.system)}${choice("dark", icons.moon)}
    </fieldset>`);
  }
}

customElements.define("theme-switch", ThemeSwitch);
