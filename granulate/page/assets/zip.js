// Files as one ZIP archive (PKWARE's APPNOTE 6.3.10), stored as they are: FLAC gets no smaller.

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800; // names are UTF-8
const DATE = 0x0021; // the first of January 1980: the same files give the same archive

/**
 * @param {{name: string, bytes: Uint8Array}[]} files names with slashes between folders, each once
 * @returns {Blob}
 */
export function zipped(files) {
  const [parts, index] = [[], []];
  let at = 0;
  for (const { name, bytes } of files) {
    const text = new TextEncoder().encode(name);
    const common = [VERSION, UTF8, 0, 0, DATE, [crc32(bytes)], [bytes.length], [bytes.length], text.length, 0];
    const head = packed([[LOCAL], ...common]);
    index.push(packed([[CENTRAL], VERSION, ...common, 0, 0, 0, [0], [at]]), text);
    parts.push(head, text, bytes);
    at += head.length + text.length + bytes.length;
  }
  const size = index.reduce((sum, part) => sum + part.length, 0);
  const end = packed([[END], 0, 0, files.length, files.length, [size], [at], 0]);
  return new Blob([...parts, ...index, end], { type: "application/zip" });
}

/** Numbers of two bytes, and of four those in brackets, the lowest byte first. */
function packed(fields) {
  const bytes = [];
  for (const field of fields) {
    const [value, size] = Array.isArray(field) ? [field[0], 4] : [field, 2];
    for (let k = 0; k < size; k++) bytes.push((value >>> (8 * k)) & 255);
  }
  return Uint8Array.from(bytes);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
