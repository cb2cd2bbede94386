// Sliders and switches for settings that are read whenever something is played.

import { make } from "./panels.js";

const STEPS = 1000;

/**
 * A slider with its name, value and unit. A double click takes it back to what it was at first.
 * @param {{key: string, label: string, unit: string, low: number, high: number, even?: number, zero?: string,
 *          help?: string}} shape `even`: the step of one that moves evenly; otherwise it moves by factors from `low`
 *   on; `zero`: what its lowest place says, which then is 0
 * @param {Record<string, any>} settings whose `key` it moves
 * @param {() => void} [changed]
 */
export function slider(shape, settings, changed = () => {}) {
  const { key, label, unit, low, high, even, zero, help } = shape;
  const first = settings[key];
  const id = `play-${key}`;
  const value = make("output", { for: id });
  const input = make("input", {
    id, type: "range", "data-test": id, min: even ? low : 0, max: even ? high : STEPS, step: even ?? 1, title: help,
  });
  Object.assign(input.style, { width: "100%", minHeight: "1.6rem" });
  const place = (x) => (even ? x : x <= 0 ? 0 : 1 + (STEPS - 1) * (Math.log(x / low) / Math.log(high / low)));
  const read = () => {
    const at = Number(input.value);
    if (even) return at;
    if (zero && at === 0) return 0;
    return low * (high / low) ** ((Math.max(1, at) - 1) / (STEPS - 1));
  };
  const show = () => {
    const x = settings[key];
    const text = zero && x === 0 ? zero : `${told(x)}${unit && unit !== "/s" ? "\u202f" : ""}${unit}`;
    value.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  const set = (x) => {
    settings[key] = x;
    show();
    changed();
  };
  input.value = String(place(first));
  input.addEventListener("input", () => set(read()));
  input.addEventListener("dblclick", () => {
    input.value = String(place(first));
    set(first);
  });
  show();
  return make("div", {}, make("label", { class: "ends", for: id }, make("span", {}, label), value), input);
}

/** @param {{key: string, label: string, help?: string}} shape @param {Record<string, any>} settings */
export function toggle({ key, label, help }, settings) {
  const input = make("input", {
    type: "checkbox", "data-test": `play-${key}`, onchange: () => (settings[key] = input.checked),
  });
  input.checked = settings[key];
  return make("label", { class: "row", title: help }, input, label);
}

/** A number in three digits. */
function told(x) {
  return String(Number(Math.abs(x) >= 100 ? x.toFixed(0) : x.toPrecision(3)));
}
