// key=value pairs as people type them: error=true http.status_code=500 msg="a b". A key alone means key=true.

export class LogfmtError extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

const PAIR = /\s*([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?=\s|$)/y;

/** @returns {Record<string, string>} @throws {LogfmtError} with the position of what could not be read */
export function parseLogfmt(text) {
  const pairs = Object.create(null);
  let at = 0;
  while (text.slice(at).trim() !== "") {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    if (!match) {
      const position = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
      throw new LogfmtError(`cannot read “${text.slice(position, position + 24)}”`, position);
    }
    pairs[match[1]] = match[2] === undefined ? "true" : unquote(match[2]);
    at = PAIR.lastIndex;
  }
  return { ...pairs };
}

export function formatLogfmt(pairs) {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${quote(String(value))}`)
    .join(" ");
}

function unquote(value) {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}

function quote(value) {
  return value === "" || /[\s"\\]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
}
