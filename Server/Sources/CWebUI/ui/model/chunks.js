// The form in which the server sends columns: little-endian numbers, everything at multiples of 8 bytes. After a header
// come chunks, each with its kind and the length of what follows (two u32). Kind 1 is a page, kind 2 the end.

const PAGE = 1;
const END = 2;

export class ColumnsError extends Error {}

/**
 * The pages of an answer, read one by one.
 * @param {ArrayBuffer} buffer the whole answer
 * @param {{magic: number, header: number}} form its first four bytes, and the bytes before its first chunk
 * @param {(page: PageReader) => any} read
 */
export function readPages(buffer, { magic, header }, read) {
  const view = new DataView(buffer);
  if (buffer.byteLength < header || view.getUint32(0, true) !== magic) {
    throw new ColumnsError("this is not a trace in columns");
  }
  const pages = [];
  let ended = false;
  for (let at = header; at + 8 <= buffer.byteLength && !ended; ) {
    const kind = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    at += 8;
    if (at + length > buffer.byteLength) throw new ColumnsError("a page of the trace was cut off");
    if (kind === PAGE) pages.push(read(new PageReader(buffer, at)));
    ended = kind === END;
    at += length;
  }
  if (!ended) throw new ColumnsError("the end of the trace did not arrive");
  return pages;
}

/** Takes the columns of a page, one after the other, as views over its bytes. */
class PageReader {
  constructor(buffer, at) {
    this.buffer = buffer;
    this.offset = at;
  }

  take(Column, length) {
    const column = new Column(this.buffer, this.offset, length);
    this.offset += Math.ceil((length * Column.BYTES_PER_ELEMENT) / 8) * 8;
    return column;
  }

  /** Texts: the length of each, then the bytes of all. */
  texts(count, byteCount) {
    const lengths = this.take(Uint32Array, count);
    const bytes = this.take(Uint8Array, byteCount);
    const decoder = new TextDecoder();
    let begin = 0;
    return Array.from(lengths, (length) => decoder.decode(bytes.subarray(begin, (begin += length))));
  }
}
