// What stands above the results: how many of how many, what it cost, what is missing, and what can be done with them.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { SORTS, VIEWS } from "../model/search-state.js";
import { run } from "../state/commands.js";
import { text } from "../text/en.js";

class ResultsHeader extends HTMLElement {
  /**
   * @param {object} answer the envelope of a search: total, totalIsExact, scanned, partial
   * @param {{shown: number, milliseconds: number}} progress
   * @param {import("../model/search-state.js").SearchState} state
   */
  show(answer, { shown, milliseconds }, state) {
    const { total = shown, totalIsExact = true, scanned = { spans: 0, bytes: 0 }, partial = null } = answer;
    const emit = (name, detail) => this.dispatchEvent(new CustomEvent(name, { detail }));
    const orders = SORTS.map(
      (sort) => html`<option value="${sort}" .selected="${sort === state.sort}">${text.orders[sort]}</option>`,
    );
    const views = VIEWS.map(
      (view) => html`<label title="${text.views[view]}"><input type="radio" name="view" aria-label="${text.views[view]}"
        .checked="${view === state.view}" @change="${() => emit("view", view)}">${icons[view]()}</label>`,
    );
    const countAll = !totalIsExact && html`<button type="button" class="as-link"
      @click="${() => emit("count-all")}">${text.countAll}</button>`;
    this.replaceChildren(
      html`<header class="results-header">
        <h1>${text.ofTraces(shown, total, totalIsExact)}</h1>${countAll}
        <span class="dim scanned">${text.scanned(scanned.spans, scanned.bytes, milliseconds)}</span>
        <span class="spring"></span>
        ${state.pick.length > 0 && this.#compare(state.pick)}
        <select aria-label="${text.order}" @change="${(event) => emit("sort", event.target.value)}">${orders}</select>
        <fieldset class="segments icons"><legend class="off-screen">${text.view}</legend>${views}</fieldset>
        ${tool("search.columns", icons.columns)}${tool("search.download", icons.download)}
      </header>`,
    );
    if (partial) {
      this.append(html`<p class="warning-line" role="alert"><span class="warn">${icons.warning()}</span>
        <strong>${text.partial}:</strong> ${partial.message}</p>`);
    }
  }

  #compare(pick) {
    const enough = pick.length > 1;
    return html`<button type="button" class="${enough ? "primary" : ""}" disabled="${!enough}"
      title="${enough ? text.comparePicked : text.pickTwo}" @click="${() => run("search.compare")}">
      ${text.comparePick(pick.length)}</button>`;
  }
}

function tool(command, icon) {
  return html`<button type="button" class="quiet small" title="${text.commands[command]}"
    aria-label="${text.commands[command]}" @click="${() => run(command)}">${icon()}</button>`;
}

customElements.define("results-header", ResultsHeader);
