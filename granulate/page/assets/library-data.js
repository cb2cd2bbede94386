// A selection as lists and bits, labels as a column, and which points are like one: no page and no server in it.

/** What stands in a column of categories for a point that has none. */
export const NO_GROUP = 65535;

const MOST_ZIPPED = 2e9; // bytes

/** The sounds of points, each once, in their order. @returns {number[]} */
export function soundsOf(pack, indices) {
  return [...new Set(Array.from(indices, (index) => pack.sound[index]))];
}

/** Names of files, a line each. */
export function asList(pack, indices) {
  return soundsOf(pack, indices).map((sound) => `${pack.sounds[sound].name}\n`).join("");
}

/** The sounds of points as FLAC files, each under its own name. @returns {Promise<{name: string, bytes: Uint8Array}[]>} */
export async function filesOf(pack, indices) {
  const taken = new Set();
  const files = [];
  let size = 0;
  for (const sound of soundsOf(pack, indices)) {
    const entry = pack.sounds[sound];
    if (!entry.array && !entry.url) continue; // the page has no sound of it
    const bytes = new Uint8Array(await entry.bytes());
    size += bytes.length;
    if (size > MOST_ZIPPED) throw new Error(`more than ${MOST_ZIPPED / 1e9} GB of sounds: choose fewer`);
    files.push({ name: nameOf(entry.name, taken), bytes });
  }
  if (!files.length) throw new Error("the page has no sound of these");
  return files;
}

/** A relative path that unpacks anywhere, and that no other file has. */
function nameOf(name, taken) {
  const parts = name.split(/[\\/]+/).filter((part) => part && part !== "." && part !== "..");
  const plain = parts.join("/").replace(/[\0-\x1f:*?"<>|]/g, "_").replace(/\.flac$/i, "") || "sound";
  let found = `${plain}.flac`;
  for (let k = 2; taken.has(found.toLowerCase()); k++) found = `${plain}-${k}.flac`;
  taken.add(found.toLowerCase());
  return found;
}

/** A table (CSV, RFC 4180) of points: what each is part of, and all that is known of it. */
export function asTable(pack, indices) {
  const columns = pack.columns.filter((column) => column.name !== "sound");
  const titles = columns.map(({ name, unit }) => (unit ? `${name} (${unit})` : name));
  const lines = [["path", "point", "onset (s)", "length (s)", ...titles]];
  for (const index of indices) {
    const place = [index, pack.onset[index] / pack.rate, pack.length[index] / pack.rate];
    lines.push([pack.sounds[pack.sound[index]].name, ...place, ...columns.map((column) => cellOf(column, index))]);
  }
  return csv(lines);
}

/** Labels as the table that `granulate library classify train --by csv:FILE` reads, where points are sounds. */
export function labelsTable(pack, labels) {
  const lines = [pack.of === "sounds" ? ["path", "label"] : ["path", "label", "point", "onset (s)"]];
  for (let index = 0; index < pack.n; index++) {
    if (labels.of[index] < 0) continue;
    const line = [pack.sounds[pack.sound[index]].name, labels.names[labels.of[index]]];
    if (pack.of !== "sounds") line.push(index, pack.onset[index] / pack.rate);
    lines.push(line);
  }
  return csv(lines);
}

function cellOf(column, index) {
  const value = column.values[index];
  if (column.kind === "category") return column.categories[value] ?? "";
  return Number.isFinite(value) ? Number(value.toPrecision(7)) : "";
}

function csv(lines) {
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : String(value));
  return lines.map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** Points as base64 of a bit for each, the lowest first. */
export function bitsOf(indices, n) {
  const bytes = new Uint8Array(Math.ceil(n / 8));
  for (const index of indices) bytes[index >> 3] |= 1 << (index & 7);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The probabilities (n * classes) of base64 of uint16. */
export function sharesOf(text) {
  const binary = atob(text);
  return Float32Array.from({ length: binary.length >> 1 }, (_, k) => (binary.charCodeAt(2 * k) + 256 * binary.charCodeAt(2 * k + 1)) / 65535);
}

/** Labels of points: names, and which of them each point has, -1 for none. */
export function noLabels(n) {
  return { names: [], of: new Int32Array(n).fill(-1) };
}

/** Labels that a column of the pack has. */
export function labelsIn(pack, name) {
  const column = pack.columns.find((one) => one.name === name && one.kind === "category");
  const found = noLabels(pack.n);
  if (!column) return found;
  found.names = [...column.categories];
  for (let i = 0; i < pack.n; i++) if (column.values[i] < found.names.length) found.of[i] = column.values[i];
  return found;
}

/** Labels after points were given one, or lost theirs to an empty one. */
export function relabelled(labels, indices, label) {
  const text = Array.from(labels.of, (at) => (at < 0 ? "" : labels.names[at]));
  for (const index of indices) text[index] = label;
  const names = [...new Set(text.filter(Boolean))].sort();
  const place = new Map(names.map((name, at) => [name, at]));
  return { names, of: Int32Array.from(text, (name) => place.get(name) ?? -1) };
}

/** Labels as a column of the legend. */
export function labelsColumn(name, labels) {
  const values = Uint16Array.from(labels.of, (at) => (at < 0 ? NO_GROUP : at));
  return { name, unit: "", kind: "category", values, categories: labels.names };
}

/** The likeliest class of each point and how likely it is, as two columns. A point that was not judged has none. */
export function predictedColumns(classes, shares, n) {
  const values = new Uint16Array(n).fill(NO_GROUP);
  const sure = new Float32Array(n).fill(NaN);
  for (let i = 0; i < n; i++) {
    const mine = shares.subarray(i * classes.length, (i + 1) * classes.length);
    const most = mine.reduce((a, b) => Math.max(a, b), 0);
    if (most > 0) [values[i], sure[i]] = [mine.indexOf(most), most];
  }
  return [
    { name: "predicted", unit: "", kind: "category", values, categories: classes },
    { name: "probability of predicted", unit: "", kind: "number", values: sure, categories: [] },
  ];
}

/**
 * The points most like one by the numbers that the page has: the mean of absolute differences, each column in its
 * own deviations. A column that either has no value in does not count for the two.
 * @returns {{points: number[], distances: number[]}}
 */
export function likest(pack, index, n) {
  const columns = pack.columns.filter(({ kind, name }) => kind === "number" && name !== "time" && !name.startsWith("probability of "));
  const sum = new Float64Array(pack.n);
  const count = new Uint16Array(pack.n);
  for (const { values } of columns) {
    const spread = deviation(values);
    if (!(spread > 0) || !Number.isFinite(values[index])) continue;
    for (let i = 0; i < pack.n; i++) {
      if (!Number.isFinite(values[i])) continue;
      sum[i] += Math.abs(values[i] - values[index]) / spread;
      count[i] += 1;
    }
  }
  const far = Float64Array.from(sum, (total, i) => (count[i] && i !== index ? total / count[i] : Infinity));
  const order = Array.from(far.keys()).filter((i) => Number.isFinite(far[i])).sort((a, b) => far[a] - far[b] || a - b);
  const points = order.slice(0, n);
  return { points, distances: points.map((i) => far[i]) };
}

function deviation(values) {
  let [n, mean, squares] = [0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    n += 1;
    const off = value - mean;
    mean += off / n;
    squares += off * (value - mean);
  }
  return Math.sqrt(squares / Math.max(1, n));
}
