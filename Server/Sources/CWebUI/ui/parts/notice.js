// What stands where data would be: still loading, nothing there, or an answer that failed.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";

export function loadingNotice() {
  return html`<div class="notice loading" role="status"><span class="spinner"></span>${text.loading}</div>`;
}

/** @param {string[]} hints */
export function emptyNotice(title, lead, hints = []) {
  return html`<section class="notice">
    <h1>${title}</h1>
    <p>${lead}</p>
    ${hints.length > 0 && html`<ul>${hints.map((hint) => html`<li>${hint}</li>`)}</ul>`}
  </section>`;
}

/** @param {import("../state/api.js").ApiError} error */
export function errorNotice(error, retry) {
  const down = error.status === 0;
  return html`<section class="notice" role="alert">
    <h1>${down ? text.unreachable : text.failed}</h1>
    ${down && html`<p>${text.unreachableHint}</p>`}
    <dl>
      <dt>${text.asked}</dt><dd><code>GET ${error.asked ?? ""}</code></dd>
      ${!down && html`<dt>${text.status}</dt><dd>${error.status}</dd>`}
      <dt>${text.message}</dt><dd>${error.message}</dd>
    </dl>
    <button type="button" @click="${retry}">${text.retry}</button>
  </section>`;
}

/** A page whose script did not come. */
export function moduleNotice(error, reload) {
  return html`<section class="notice" role="alert">
    <h1>${text.moduleMissing}</h1>
    <p>${text.moduleMissingHint}</p>
    <dl><dt>${text.message}</dt><dd>${error.message}</dd></dl>
    <button type="button" @click="${reload}">${text.reload}</button>
  </section>`;
}
