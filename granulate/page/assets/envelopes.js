// Envelopes as tables from a grain's beginning to its end: those of `granulate`'s presets, by the same
// names and formulas, so that a score that is saved here sounds the same when it is rendered.

/** Steps of a table; it has one value more. */
export const STEPS = 8192;

/** What the page offers, as a score names them. */
export const ENVELOPES = [
  { kind: "window", label: "window, adding up" },
  { kind: "frame", label: "window, once" },
  { kind: "hann", label: "Hann" },
  { kind: "tukey", label: "Tukey", taper: 0.5 },
  { kind: "trapezoid", label: "trapezoid", attack: 0.1, release: 0.1 },
  { kind: "trapezoid", label: "soft edges", attack: 0.005, release: 0.01 },
  { kind: "exponential", label: "pluck", attack: 0.02, decay: 60 },
  { kind: "exponential", label: "reversed pluck", attack: 0.02, decay: 60, reversed: true },
  { kind: "gauss", label: "Gauss", width: 0.3 },
  { kind: "rectangle", label: "none" },
];

/** The number in ENVELOPES of a label. */
export function envelopeNumber(label) {
  return ENVELOPES.findIndex((one) => one.label === label);
}

/** An entry of ENVELOPES as a score holds it. */
export function asChoice(envelope) {
  const { label: _label, ...choice } = envelope;
  return choice;
}

/** Windows that are sums of cosines, by their weights (Harris, 1978; Nuttall, 1981); names are scipy's. */
const COSINES = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  boxcar: [1],
};

/**
 * The periodic window of a framing; Hann's, where its name is none of the above.
 * @param {{window: number, shape: string}} framing
 * @returns {Float64Array}
 */
export function windowWeights({ window, shape }) {
  const at = shape === "bartlett" ? (x) => 1 - Math.abs(2 * x - 1) : cosines(COSINES[shape] ?? COSINES.hann);
  return Float64Array.from({ length: window }, (_, i) => at(i / window));
}

function cosines(weights) {
  return (x) => weights.reduce((sum, w, k) => sum + (k % 2 ? -w : w) * Math.cos(2 * Math.PI * k * x), 0);
}

/**
 * One of ENVELOPES as a table.
 * @param {object} envelope
 * @param {{window: number, hop: number, shape: string} | null} framing
 * @returns {Float32Array} (STEPS + 1)
 */
export function envelopeTable(envelope, framing) {
  const curve = CURVES[framing ? envelope.kind : unframed(envelope.kind)](envelope, framing);
  return Float32Array.from({ length: STEPS + 1 }, (_, i) => curve(i / STEPS));
}

function unframed(kind) {
  return kind === "window" || kind === "frame" ? "hann" : kind;
}

/** A line through values at 0, 1/n, ... with the first again at 1. */
function through(values) {
  const n = values.length;
  return (x) => {
    const at = Math.min(x * n, n);
    const k = Math.floor(at);
    const here = values[k % n];
    return here + (at - k) * (values[(k + 1) % n] - here);
  };
}

const CURVES = {
  window(_envelope, framing) {
    const squared = windowWeights(framing).map((w) => w * w);
    const norm = new Float64Array(framing.hop);
    squared.forEach((w, i) => (norm[i % framing.hop] += w));
    return through(squared.map((w, i) => w / norm[i % framing.hop]));
  },
  frame: (_envelope, framing) => through(windowWeights(framing)),
  hann: () => cosines(COSINES.hann),
  tukey: ({ taper }) => (x) => {
    const edge = Math.min(x, 1 - x) / Math.max(taper / 2, 1e-9);
    return 0.5 - 0.5 * Math.cos(Math.PI * Math.min(edge, 1));
  },
  trapezoid: ({ attack, release }) => (x) =>
    Math.min(1, x / Math.max(attack, 1e-9), (1 - x) / Math.max(release, 1e-9)),
  exponential: ({ attack, decay, reversed }) => (x) => {
    const at = reversed ? 1 - x : x;
    const ends = Math.min(1, at / Math.max(attack, 1e-9), (1 - at) / 0.02);
    return ends * 10 ** ((-decay / 20) * Math.max(at - attack, 0));
  },
  gauss: ({ width }) => {
    const edge = Math.exp(-0.5 / width ** 2);
    return (x) => Math.max(Math.exp(-0.5 * ((2 * x - 1) / width) ** 2) - edge, 0) / (1 - edge);
  },
  rectangle: () => () => 1,
};
