// html`<p class="${name}" .value="${v}" @click="${f}">${child}</p>`: elements from a template. Values only ever become
// text nodes, attributes, properties or listeners, never markup, and no parser of the browser is fed with strings:
// the page runs under `require-trusted-types-for 'script'` without any policy of its own.

const SVG = "http://www.w3.org/2000/svg";
const VOID = new Set(["input", "br", "hr", "img"]);
const HOLE = "\0";
const TOKEN = /<\/([a-zA-Z][\w-]*)\s*>|<([a-zA-Z][\w-]*)((?:\s+[^\s=<>/]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=<>/]+)(?:="([^"]*)")?/g;

/** @type {WeakMap<TemplateStringsArray, {fragment: DocumentFragment, holes: Hole[]}>} */
const compiled = new WeakMap();

/**
 * @typedef {{node: number, name: string | null, parts: string[]}} Hole
 *   node counts elements and comments in document order; name is null where children go.
 * @returns {any} the element, or a fragment when the template has several
 */
export function html(strings, ...values) {
  let template = compiled.get(strings);
  if (!template) compiled.set(strings, (template = compile(strings.join(HOLE), false)));
  return instantiate(template, values);
}

/** The same for parts of a picture: svg`<g>…</g>`. */
export function svg(strings, ...values) {
  let template = compiled.get(strings);
  if (!template) compiled.set(strings, (template = compile(strings.join(HOLE), true)));
  return instantiate(template, values);
}

function compile(source, isPicture) {
  const fragment = document.createDocumentFragment();
  const holes = [];
  const open = [fragment];
  let nodes = 0;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`template: cannot read “${source.slice(at, at + 40)}”`);
    const [, closing, tag, attributes, selfClosing, text] = match;
    const parent = open[open.length - 1];
    if (closing) {
      if (open.pop().localName !== closing) throw new Error(`template: unexpected </${closing}>`);
    } else if (tag) {
      const inSVG = tag === "svg" || parent.namespaceURI === SVG || (isPicture && parent === fragment);
      const element = inSVG ? document.createElementNS(SVG, tag) : document.createElement(tag);
      compileAttributes(element, attributes, nodes++, holes);
      parent.append(element);
      if (!selfClosing && !VOID.has(tag)) open.push(element);
    } else {
      nodes = compileText(parent, text, nodes, holes);
    }
  }
  if (open.length !== 1) throw new Error(`template: <${open.pop().localName}> is not closed`);
  return { fragment, holes };
}

function compileAttributes(element, attributes, node, holes) {
  for (const [, name, value = ""] of attributes.matchAll(ATTRIBUTE)) {
    if (/^(on|style$|srcdoc$|\.(inner|outer)HTML$)/i.test(name)) throw new Error(`template: ${name} is not allowed`);
    const parts = value.split(HOLE);
    if (parts.length > 1) holes.push({ node, name, parts });
    else element.setAttribute(name, value);
  }
}

function compileText(parent, text, nodes, holes) {
  const pieces = text.split(HOLE);
  pieces.forEach((part, index) => {
    if (index > 0) {
      parent.append(document.createComment(""));
      holes.push({ node: nodes++, name: null, parts: [] });
    }
    // Line breaks beside tags are layout of the source, not of the page; between two values they are a space.
    const between = index > 0 && index < pieces.length - 1;
    if (/\S/.test(part) || (part && (between || !part.includes("\n")))) parent.append(part.replace(/\s+/g, " "));
  });
  return nodes;
}

function instantiate({ fragment, holes }, values) {
  const root = fragment.cloneNode(true);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  const targets = [];
  let node = walker.nextNode();
  let index = 0;
  for (const hole of holes) {
    for (; index < hole.node; index++) node = walker.nextNode();
    targets.push(node);
  }
  let next = 0;
  holes.forEach((hole, at) => {
    if (hole.name === null) {
      targets[at].replaceWith(...children(values[next++]));
    } else {
      const used = values.slice(next, (next += hole.parts.length - 1));
      setAttribute(targets[at], hole, used);
    }
  });
  return root.childNodes.length === 1 ? root.firstChild : root;
}

/** Nodes for a value: nothing for null, undefined and false; each of an array; text for all else. */
function children(value) {
  if (value === null || value === undefined || value === false) return [];
  if (value instanceof Node) return [value];
  if (Array.isArray(value)) return value.flatMap(children);
  return [document.createTextNode(String(value))];
}

function setAttribute(element, { name, parts }, values) {
  const whole = parts.length === 2 && parts[0] === "" && parts[1] === "";
  if (name[0] === ".") element[name.slice(1)] = values[0];
  else if (name[0] === "@") element.addEventListener(name.slice(1), values[0]);
  else if (!whole) element.setAttribute(name, parts.reduce((text, part, i) => text + values[i - 1] + part));
  else if (values[0] === true) element.setAttribute(name, "");
  else if (values[0] !== false && values[0] !== null && values[0] !== undefined) element.setAttribute(name, values[0]);
}
