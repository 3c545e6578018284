// An address that is none of ours.

import { html } from "../draw/html.js";
import { emptyNotice } from "../parts/notice.js";
import { here } from "../state/navigation.js";
import { text } from "../text/en.js";

class NotFoundPage extends HTMLElement {
  show() {
    document.title = `${text.pageMissing} – ${text.product}`;
    this.replaceChildren(emptyNotice(text.pageMissing, text.pageMissingHint(here().path)));
    this.firstElementChild.append(html`<p><a href="search">${text.search}</a></p>`);
  }
}

customElements.define("not-found-page", NotFoundPage);
