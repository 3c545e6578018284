// A modal dialog: the browser's own, so that focus stays in it, Escape closes it, and focus goes back afterwards.

import { html } from "../draw/html.js";
import { icons } from "../draw/icons.js";
import { text } from "../text/en.js";

let count = 0;

/**
 * Opens a dialog over the page; it is gone once it is closed.
 * @param {{title: string, name?: string, content: Node | Node[], bare?: boolean}} sheet name is a class for its style,
 *   bare leaves the heading to those who cannot see
 * @returns {HTMLDialogElement}
 */
export function openSheet({ title, name = "", content, bare = false }) {
  const id = `sheet-${++count}`;
  const dialog = html`<dialog class="sheet ${name}" aria-labelledby="${id}">
    <header class="${bare ? "off-screen" : "sheet-header"}">
      <h2 id="${id}">${title}</h2>
      ${!bare && html`<button type="button" class="quiet small" aria-label="${text.close}" title="${text.close}"
        @click="${() => dialog.close()}">${icons.close()}</button>`}
    </header>
    ${content}
  </dialog>`;
  dialog.addEventListener("close", () => dialog.remove());
  // A click beside it closes it: there the dialog itself is hit, not what is in it.
  dialog.addEventListener("pointerdown", (event) => {
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (event.target === dialog && !inside) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
