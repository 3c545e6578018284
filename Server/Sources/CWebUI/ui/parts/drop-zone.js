// Files of traces, dropped anywhere or chosen: read here, shown here, and stored only when someone says so.

import { html } from "../draw/html.js";
import { ImportError, readTraceFile } from "../model/import-file.js";
import { addImported, importedTrace } from "../state/imports.js";
import { navigate } from "../state/navigation.js";
import * as api from "../state/trace-api.js";
import { text } from "../text/en.js";
import { toast } from "./toast.js";

const LARGEST = 256 * 1024 * 1024; // bytes

/** Listens to the whole page, once. */
export function startImport() {
  const veil = html`<div class="drop-veil" aria-hidden="true" hidden><p>${text.dropHere}</p></div>`;
  document.body.append(veil);
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  let inside = 0;
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    inside++;
    veil.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (hasFiles(event) && --inside <= 0) [inside, veil.hidden] = [0, true];
  });
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    [inside, veil.hidden] = [0, true];
    importFiles([...event.dataTransfer.files]);
  });
}

/** Reads files and goes to what was in them: the trace if it is one, else the list of all. */
export async function importFiles(files) {
  const added = [];
  for (const file of files) {
    try {
      added.push(...(await readFile(file)));
    } catch (error) {
      toast(text.importFailed(file.name, reason(error)));
    }
  }
  if (added.length === 0) return;
  addImported(added);
  navigate(added.length === 1 ? `trace/${added[0].json.traceID}` : "import");
}

async function readFile(file) {
  if (file.size > LARGEST) throw new ImportError("large");
  const content = await file.text();
  const { traces, format } = readTraceFile(content);
  return traces.map((json) => ({ json, format, file: file.name, text: content }));
}

function reason(error) {
  if (!(error instanceof ImportError)) return error.message;
  return { json: text.notJSON, traces: text.notTraces, large: text.tooLarge("256 MB") }[error.message] ?? error.message;
}

/** Stores the files that traces came in. @returns {Promise<boolean>} whether all were stored */
export async function storeImported(ids) {
  const files = new Set();
  for (const id of ids) {
    const entry = importedTrace(id);
    if (entry) files.add(entry.text);
  }
  try {
    let spans = 0;
    for (const content of files) spans += (await api.store(content)).spans ?? 0;
    toast(text.stored(spans));
    return true;
  } catch (error) {
    toast(text.storeFailed(error.message));
    return false;
  }
}
