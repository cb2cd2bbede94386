// A control for each live parameter, made from what the registry says of it.

import { make } from "./panels.js";

const STEPS = 1000;
const OWN_MS = 400; // for which what is moved here is not moved by others
const TIME = { low: 0.5, high: 10_000 }; // ms, of a slider for a duration
const TIME_TEXT = /^\s*(\d+(?:\.\d+)?)\s*(ms|s)\s*$/;

/**
 * @typedef {{name: string, help: string, kind: string, optional: boolean, choices: string[], minimum: number | null,
 *            maximum: number | null, unit: string, default: any, low?: number, high?: number, curve?: string,
 *            power?: number}} Parameter as in /parameters.json
 * @typedef {{element: HTMLElement, show: (value: any) => void}} Control
 */

/**
 * @param {string} section
 * @param {Parameter} parameter
 * @param {(value: any) => void} send
 * @returns {Control}
 */
export function control(section, parameter, send) {
  const id = `live-${section}-${parameter.name}`;
  const title = [parameter.help, bounds(parameter)].filter(Boolean).join("; ");
  if (parameter.kind === "truth") return truth(id, parameter, title, send);
  if (parameter.kind === "choice") return menu(id, parameter, title, send);
  return field(id, parameter, title, send);
}

/** A menu of kinds, or a line of text where several may be chained. */
export function kindControl(section, send) {
  const id = `live-${section.name}-kind`;
  const shape = { name: "kind", optional: false, choices: section.kinds.map((kind) => kind.name), kind: "text", unit: "" };
  const made = section.several ? field(id, shape, section.help, send) : menu(id, shape, section.help, send);
  for (const option of made.element.querySelectorAll("option")) {
    option.title = section.kinds.find((kind) => kind.name === option.value)?.help ?? "";
  }
  return made;
}

function truth(id, { name }, title, send) {
  const input = make("input", { id, type: "checkbox", "data-test": id, onchange: () => send(input.checked) });
  const element = make("label", { class: "row", title }, input, words(name));
  return { element, show: (value) => (input.checked = value === true) };
}

function menu(id, { name, choices, optional }, title, send) {
  const all = optional ? ["", ...choices] : choices;
  const select = make(
    "select", { id, "data-test": id, onchange: () => send(select.value === "" ? null : select.value) },
    ...all.map((value) => make("option", { value }, value || "unset")),
  );
  const element = make("div", { class: "row", title }, make("label", { for: id }, words(name)), select);
  return { element, show: (value) => (select.value = value ?? "") };
}

function field(id, parameter, title, send) {
  const scale = scaleOf(parameter);
  const text = make("input", {
    id, type: "text", class: "value", "data-test": id, inputmode: scale ? "decimal" : null, autocomplete: "off",
    spellcheck: "false", placeholder: parameter.optional ? "unset" : null,
    onchange: () => give(read(parameter, text.value)),
    // What was written and refused, or moved by others meanwhile, is not left standing.
    onblur: () => {
      clearTimeout(late);
      late = setTimeout(settle, OWN_MS);
    },
  });
  const range = scale && make("input", {
    type: "range", min: 0, max: STEPS, step: 1, class: "wide", "data-test": `${id}-range`,
    "aria-label": words(parameter.name), oninput: () => give(scale.value(range.value / STEPS)),
    ondblclick: () => give(parameter.default),
  });
  let moved = -OWN_MS; // when it was last moved here
  let newest = null; // what it really is
  let late = 0;

  function give(value) {
    if (value === undefined) {
      draw(newest);
      return;
    }
    moved = performance.now();
    text.value = told(value);
    if (range && document.activeElement !== range) place(value);
    send(value);
  }

  function place(value) {
    const at = scale.position(value);
    range.value = String(Math.round(STEPS * (at ?? 0)));
    range.setAttribute("aria-valuetext", `${told(value) || "unset"} ${parameter.unit}`.trim());
  }

  function draw(value) {
    text.value = told(value);
    if (range) place(value);
  }

  /** Show what it is, unless somebody is writing. */
  function settle() {
    if (document.activeElement !== text) draw(newest);
    else if (range) place(newest);
  }

  const unit = parameter.kind === "time" ? "" : parameter.unit;
  const element = make(
    "div", { class: "control", title },
    make("div", { class: "ends" }, make("label", { for: id }, words(parameter.name)), make("span", { class: "entry" }, text, unit)),
    ...(range ? [range] : []),
  );
  return {
    element,
    show(value) {
      newest = value;
      clearTimeout(late);
      const left = moved + OWN_MS - performance.now();
      // Who drags is not torn away from what he drags; once he rests, what counts is shown.
      if (left > 0) late = setTimeout(settle, left);
      else settle();
    },
  };
}

/** Between a value and a place from 0 to 1; null where there is nothing to slide along. */
export function scaleOf(parameter) {
  if (parameter.kind === "time") {
    return {
      value: (at) => `${Number((TIME.low * (TIME.high / TIME.low) ** at).toPrecision(3))}ms`,
      position: (value) => {
        const found = TIME_TEXT.exec(String(value));
        const ms = found ? Number(found[1]) * (found[2] === "s" ? 1000 : 1) : NaN;
        return ms > 0 ? clipped(Math.log(ms / TIME.low) / Math.log(TIME.high / TIME.low)) : null;
      },
    };
  }
  const { low, high, curve, power = 1 } = parameter;
  if (!curve) return null;
  const whole = (value) => (parameter.kind === "whole" ? Math.round(value) : Number(value.toPrecision(4)));
  const shape = {
    linear: [(at) => at, (part) => part],
    power: [(at) => at ** power, (part) => part ** (1 / power)],
    exponential: [(at) => ((high / low) ** at - 1) / (high / low - 1), (part) => Math.log1p(part * (high / low - 1)) / Math.log(high / low)],
  }[curve];
  return {
    value: (at) => (at <= 0 ? low : at >= 1 ? high : whole(low + (high - low) * shape[0](at))),
    position: (value) => (typeof value === "number" ? clipped(shape[1](clipped((value - low) / (high - low)))) : null),
  };
}

/** What somebody has written; undefined where it is none. */
function read({ kind, optional }, text) {
  const plain = text.trim();
  if (plain === "") return optional ? null : undefined;
  if (kind === "text" || kind === "time") return kind === "time" && /^\d+$/.test(plain) ? Number(plain) : plain;
  if (kind === "number" || kind === "whole") {
    const value = Number(plain.replace(",", "."));
    return Number.isFinite(value) ? value : undefined;
  }
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}

function told(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  return typeof value === "string" ? value : JSON.stringify(value);
}

function bounds({ minimum, maximum, unit }) {
  if (minimum === null || minimum === undefined) return maximum === null || maximum === undefined ? "" : `at most ${maximum} ${unit}`;
  return maximum === null || maximum === undefined ? `${minimum} ${unit} and above` : `${minimum} to ${maximum} ${unit}`;
}

const words = (name) => name.replaceAll("_", " ");
const clipped = (value) => Math.min(1, Math.max(0, value));
