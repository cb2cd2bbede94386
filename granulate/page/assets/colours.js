// What colour each point has. The palettes can be told apart by colour-blind people: viridis and cividis for
// numbers (Smith & van der Walt 2015; Nunez et al. 2018), Okabe & Ito's (2008) for categories.

const STEPS = {
  viridis:
    "440154470d6048186a482374472d7b4537814240863e49893b528b375b8d33638d2f6b8e2c728e297a8e26828e23898e21918c1f988b" +
    "1fa08822a78528ae8032b67a3fbc734ec36b5ec96270cf5784d44b98d83eaddc30c2df23d8e219ece51bfde725",
  cividis:
    "00224e00285b002e6a0533711a386f273e6e32436d3b496c434e6c4b546c535a6d5a5f6e61656f686a716f70737676767d7c788482798c" +
    "8878938e789b9476a39a74aba072b4a76fbcae6cc4b468cdbb63d5c25edec958e7d150f0d846f9e03afee838",
};
export const PALETTES = Object.keys(STEPS);

// The ends that would vanish into the page are left out, and so are yellow on paper and black on night.
const PART = { light: [0, 0.9], dark: [0.14, 1] };
const GROUPS = {
  light: ["0072b2", "d98c00", "009e73", "cc79a7", "d55e00", "56b4e9", "000000", "b5a800"],
  dark: ["56b4e9", "e69f00", "009e73", "cc79a7", "f0e442", "d55e00", "f4f4f4", "3f8fd0"],
};
const OTHERS = { light: [150, 152, 158], dark: [112, 116, 126] };
const OPACITY = { full: 235, faint: 60 };
const SAMPLE = 20_000;

/**
 * A palette as a theme shows it, from its low to its high end.
 * @returns {Uint8Array} (3 * 256)
 */
export function ramp(palette, theme) {
  const steps = STEPS[palette].match(/../g).map((pair) => parseInt(pair, 16));
  const [begin, end] = PART[theme];
  const last = steps.length / 3 - 1;
  return Uint8Array.from({ length: 768 }, (_, k) => {
    const place = (begin + ((end - begin) * Math.floor(k / 3)) / 255) * last;
    const low = Math.min(last - 1, Math.floor(place));
    const [a, b] = [steps[3 * low + (k % 3)], steps[3 * low + 3 + (k % 3)]];
    return Math.round(a + (b - a) * (place - low));
  });
}

/**
 * What a column's values become: a range of numbers, or groups with a colour each.
 * @param {import("./pack.js").Column} column
 * @param {"light" | "dark"} theme
 * @param {string} palette
 */
export function scaleOf(column, theme, palette) {
  return column.kind === "category" ? groupsOf(column, theme) : rangeOf(column, theme, palette);
}

function rangeOf(column, theme, palette) {
  const stride = Math.max(1, Math.floor(column.values.length / SAMPLE));
  const known = [];
  let missing = false;
  for (let i = 0; i < column.values.length; i += stride) {
    if (Number.isFinite(column.values[i])) known.push(column.values[i]);
    else missing = true;
  }
  known.sort((a, b) => a - b);
  // A few values far out must not leave all the others one colour.
  let low = known[Math.floor(0.01 * (known.length - 1))] ?? 0;
  let high = known[Math.ceil(0.99 * (known.length - 1))] ?? 0;
  if (column.name === "time" || column.name === "duration") [low, high] = [known[0] ?? 0, known.at(-1) ?? 0];
  const log = column.unit === "Hz" && low > 0;
  return { kind: "number", column, low, high, log, missing, colours: ramp(palette, theme), other: OTHERS[theme] };
}

function groupsOf(column, theme) {
  const counts = new Float64Array(column.categories.length);
  for (const value of column.values) counts[value]++;
  const order = [...counts.keys()].filter((c) => counts[c]).sort((a, b) => counts[b] - counts[a] || a - b);
  const palette = GROUPS[theme].map(rgb);
  const named = order.length <= palette.length ? order : order.slice(0, palette.length);
  // In the order of the categories, so that numbered clusters are not shuffled.
  named.sort((a, b) => a - b);
  const colours = new Map(named.map((category, k) => [category, palette[k]]));
  const groups = named.map((category) => ({
    category,
    name: column.categories[category],
    count: counts[category],
    colour: colours.get(category),
  }));
  const rest = order.slice(palette.length);
  const others = rest.reduce((sum, category) => sum + counts[category], 0);
  return { kind: "category", column, groups, rest: rest.length, others, colours, other: OTHERS[theme] };
}

const rgb = (text) => text.match(/../g).map((pair) => parseInt(pair, 16));

/**
 * The colours of all points; those that `shown` does not hold are faint.
 * @param {any} scale of `scaleOf`
 * @param {Uint8Array | null} shown (n) 1 or 0; null is all
 * @param {number} opacity of the shown, from 0 to 1
 * @returns {Uint8Array} (4n)
 */
export function paint(scale, shown, opacity = 1) {
  const { values } = scale.column;
  const n = values.length;
  const out = new Uint8Array(4 * n);
  const packed = new Uint32Array(out.buffer);
  const alpha = Math.round(OPACITY.full * opacity);
  const placeIn = scale.kind === "number" ? placesOfNumbers(scale) : placesOfGroups(scale);
  const [full, faint] = [alpha, OPACITY.faint].map((a) => colourTable(scale, a));
  for (let i = 0; i < n; i++) packed[i] = (!shown || shown[i] ? full : faint)[placeIn(values[i])];
  return out;
}

/** The colours of a scale as they lie in memory, that of what has none last. @returns {Uint32Array} */
function colourTable(scale, alpha) {
  const colours =
    scale.kind === "number"
      ? Array.from({ length: 256 }, (_, k) => scale.colours.subarray(3 * k, 3 * k + 3))
      : [...scale.colours.values()];
  return new Uint32Array(Uint8Array.from([...colours, scale.other].flatMap((rgb) => [...rgb, alpha])).buffer);
}

/** Where in the table a number's colour is. */
function placesOfNumbers(scale) {
  const of = scale.log ? Math.log : Number;
  const [low, high] = [of(scale.low), of(scale.high)];
  const [from, by] = high > low ? [low, 255 / (high - low)] : [low - 0.5, 255];
  return (value) => {
    const at = ((scale.log ? Math.log(value) : value) - from) * by;
    return Number.isFinite(at) ? Math.round(Math.min(255, Math.max(0, at))) : 256;
  };
}

/** Where in the table a group's colour is. */
function placesOfGroups(scale) {
  const places = new Uint16Array(65_536).fill(scale.colours.size);
  [...scale.colours.keys()].forEach((category, k) => (places[category] = k));
  return (value) => places[value] ?? scale.colours.size;
}

/** A value as people read it, with its unit. @param {number} value @param {string} unit */
export function told(value, unit = "") {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  const text = size && size < 0.001 ? value.toExponential(1) : value.toFixed(digits);
  const plain = text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
  return `${plain.replace("-", "−")}${unit && unit !== "ratio" ? `\u202f${unit}` : ""}`;
}
