// The trace as the API answers it: as it is shown, and as it was stored.

import { html } from "../draw/html.js";
import { MISSING } from "../model/trace.js";
import { errorNotice, loadingNotice } from "./notice.js";
import * as api from "../state/trace-api.js";
import { text } from "../text/en.js";
import "./copy-button.js";

const MOST_SHOWN = 1_000_000; // characters
const MOST_SPANS = 100; // of a large trace

class JsonView extends HTMLElement {
  #turn = 0;

  /** @param {import("../state/open-trace.js").OpenTrace} open */
  async show(open, state) {
    const turn = ++this.#turn;
    const { trace, stored } = open;
    const { isWhole } = open;
    const choice = (raw, label) => html`<button type="button" role="radio" aria-checked="${String(state.raw === raw)}"
      @click="${() => this.#change({ raw })}">${label}</button>`;
    const query = state.raw ? "?raw=true&prettyPrint=true" : "?prettyPrint=true";
    const bar = html`<div class="view-bar">
      ${stored && isWhole && html`<span class="segmented" role="radiogroup" aria-label="${text.traceViews.json}">
        ${choice(false, text.adjusted)}${choice(true, text.asStored)}</span>`}
      ${stored && html`<a class="button" href="api/traces/${trace.id}${query}"
        download="${`${trace.id}.json`}">${text.downloadJSON}</a>`}
      <span class="spring"></span></div>`;
    const body = html`<div class="json-body">${loadingNotice()}</div>`;
    this.replaceChildren(bar, body);
    try {
      const json = await this.#read(open, state);
      if (turn !== this.#turn) return;
      const whole = JSON.stringify(json, null, 2);
      bar.append(html`<span>${text.copyAll} <copy-button .text="${whole}"
        .what="${text.traceViews.json}"></copy-button></span>`);
      const part = open.isWhole ? text.jsonCut("1 MB") : text.jsonPart(json.spans.length, trace.spans);
      const cut = (whole.length > MOST_SHOWN || !open.isWhole) && html`<p class="dim">${part}</p>`;
      body.replaceChildren(html`<div>${cut}<pre class="json" tabindex="0"
        aria-label="${text.traceViews.json}">${whole.slice(0, MOST_SHOWN)}</pre></div>`);
    } catch (error) {
      if (turn === this.#turn) body.replaceChildren(errorNotice(error, () => this.show(open, state)));
    }
  }

  /** Of a trace that is too large to be here as a whole, its first spans. */
  #read({ trace, stored, isWhole, byStart }, { raw }) {
    if (!isWhole) {
      const first = Array.from(byStart.subarray(0, MOST_SPANS)).filter((span) => !(trace.flags[span] & MISSING));
      return api.spans(trace.id, first.map((span) => trace.spanID(span)));
    }
    return stored && raw ? api.trace(trace.id, { raw }) : trace.source;
  }

  #change(change) {
    this.dispatchEvent(new CustomEvent("state-change", { detail: change }));
  }
}

customElements.define("json-view", JsonView);
