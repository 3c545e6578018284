// A line at the edge of the page that says what was done, for a moment, to eyes and to screen readers.

import { html } from "../draw/html.js";
import { text } from "../text/en.js";
import { writeClipboard } from "./copy-button.js";

const STAYS = 4000; // ms

let region = null;
let timer = 0;

export function toast(message) {
  if (!region) {
    region = html`<div class="toast" role="status" hidden></div>`;
    document.body.append(region);
  }
  region.hidden = false;
  region.textContent = message;
  clearTimeout(timer);
  timer = setTimeout(() => (region.hidden = true), STAYS);
}

/** Puts the address of what is shown on the clipboard. */
export async function copyLink() {
  await writeClipboard(location.href);
  toast(text.linkCopied);
}
