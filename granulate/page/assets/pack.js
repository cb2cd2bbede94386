// The map pack ("granulate-map/1"): one run of bytes, read without a copy.

const TYPES = {
  f32: Float32Array,
  f64: Float64Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
  i64: BigInt64Array,
};

/**
 * @typedef {{name: string, unit: string, kind: "number" | "category", values: any, categories: string[]}} Column
 * @typedef {{name: string, channels: number, samples: number, rate: number, gain: number,
 *            bytes: () => Promise<ArrayBuffer>}} PackedSound
 *   `bytes` gives the sound's FLAC file, the caller's own; decoded samples are to be multiplied by `gain`.
 * @typedef {{header: any, title: string, of: string, n: number, rate: number, framing: any,
 *            points: Float32Array, points3: Float32Array | null, reach: number, sound: Uint32Array,
 *            onset: Float64Array, length: Uint32Array, columns: Column[], sounds: PackedSound[]}} Pack
 *   `points` (2n): x and y by turns, from 0 to 1, y upwards; `points3` (3n) where the map has three dimensions,
 *   which is then `reach` wide at most from whatever side it is seen. `onset` and `length` in samples of the corpus.
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Pack}
 */
export function parsePack(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  if (header.format !== "granulate-map/1") throw new Error(`a map of format ${header.format}`);
  const begin = Math.ceil((4 + size) / 8) * 8;
  const array = (name) => {
    if (!header.arrays[name]) return null;
    const { offset, length, type } = header.arrays[name];
    return new TYPES[type](buffer, begin + offset, length);
  };
  return {
    header,
    title: header.title,
    of: header.of,
    n: header.n,
    rate: header.sample_rate,
    framing: header.framing,
    points: array("points"),
    points3: array("points3"),
    reach: header.reach ?? 1,
    sound: array("sound"),
    onset: array("onset"),
    length: array("length"),
    columns: header.columns.map((column) => ({
      name: column.name,
      unit: column.unit,
      kind: column.kind,
      values: array(column.array),
      categories: column.categories ?? [],
    })),
    sounds: header.sounds.map((sound, index) => ({
      ...sound,
      gain: sound.gain ?? 1,
      bytes: async () => (sound.array ? array(sound.array).slice().buffer : fetched(sound.url ?? `/sound/${index}`)),
    })),
  };
}

/**
 * The pack of this page.
 * @param {{pack: string}} settings
 * @returns {Promise<Pack>}
 */
export async function loadPack(settings) {
  if (settings.pack !== "inline") return parsePack(await fetched(settings.pack));
  // The pack is the last of the page, which may still be on its way.
  if (document.readyState === "loading") {
    await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  }
  const element = document.getElementById("pack");
  const bytes = fromBase64(element.textContent);
  element.remove(); // its text is no longer needed, and may be large
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return parsePack(await new Response(stream).arrayBuffer());
}

async function fetched(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}

/** @param {string} text @returns {Uint8Array} */
export function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
