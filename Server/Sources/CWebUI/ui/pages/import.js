// What was dropped on the page, and a way to choose files without dropping them.

import { html } from "../draw/html.js";
import { formatDuration, shortID } from "../model/format.js";
import { decodeJaegerTrace } from "../model/jaeger-json.js";
import { nameOf, rootOf, serviceOf } from "../model/trace.js";
import { forgetImported, importedTraces, onImport } from "../state/imports.js";
import { importFiles, storeImported } from "../parts/drop-zone.js";
import { text } from "../text/en.js";

class ImportPage extends HTMLElement {
  connectedCallback() {
    this.stop = onImport(() => this.show());
  }

  disconnectedCallback() {
    this.stop();
  }

  show() {
    document.title = `${text.importTitle} – ${text.product}`;
    const traces = importedTraces();
    const choose = html`<input type="file" multiple accept=".json,.jsonl,.ndjson,application/json" class="off-screen"
      id="import-files" @change="${(event) => importFiles([...event.target.files])}">`;
    this.replaceChildren(html`<section class="notice wide">
      <h1>${text.importTitle}</h1>
      <p>${text.importLead}</p>
      <p class="drop-target">${text.dropHere}<br>${choose}<label class="button"
        for="import-files">${text.chooseFiles}</label></p>
      ${traces.length > 0 && this.#list(traces)}
    </section>`);
  }

  #list(traces) {
    const rows = traces.map(({ json, file, format }) => {
      const trace = decodeJaegerTrace(json);
      const root = rootOf(trace);
      return html`<tr>
        <th scope="row"><a href="trace/${json.traceID}"><strong>${serviceOf(trace, root)}</strong> ${nameOf(trace,
          root) || text.unnamed}
          <code class="short-id">${shortID(json.traceID)}</code></a></th>
        <td>${text.spans(trace.spans)}</td><td>${formatDuration(trace.duration)}</td>
        <td class="dim">${file} (${format})</td>
        <td><button type="button" @click="${() => this.#store([json.traceID])}">${text.store}</button>
          <button type="button" class="quiet"
            @click="${() => forgetImported(json.traceID)}">${text.forgetImport}</button>
        </td></tr>`;
    });
    const all = traces.map(({ json }) => json.traceID);
    return html`<div class="import-list"><h2>${text.importedTraces(traces.length)}</h2>
      <table class="data-table"><tbody>${rows}</tbody></table>
      ${traces.length > 1 && html`<button type="button" class="primary"
        @click="${() => this.#store(all)}">${text.store} (${traces.length})</button>`}</div>`;
  }

  async #store(ids) {
    if (await storeImported(ids)) for (const id of ids) forgetImported(id);
  }
}

customElements.define("import-page", ImportPage);
