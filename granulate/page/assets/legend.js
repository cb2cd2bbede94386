// What the points are coloured by: a choice of columns, and the legend, whose groups can be shown alone.
import { PALETTES, paint, scaleOf, told } from "./colours.js";
import { opacity } from "./density.js";
import { make } from "./panels.js";

/** @param {{hub: any, pack: import("./pack.js").Pack, view: any, theme: any, panels: any, state: any}} app */
export function createLegend({ hub, pack, view, theme, panels, state }) {
  let column = pack.columns[pack.header.colour ?? 0];
  let palette = PALETTES[0];
  /** @type {Set<number>} categories that are shown alone; empty is all */
  const alone = new Set();
  let scale = null;

  const choice = make("select", { id: "colour-by", "data-test": "colour-by", onchange: () => choose(choice.value) });
  const shades = make("select", { id: "palette", "data-test": "palette", "aria-label": "Palette", onchange: () => refresh((palette = shades.value)) });
  const body = make("div", { id: "legend", "data-test": "legend" });
  for (const name of PALETTES) shades.append(make("option", { value: name }, name));
  list();
  const row = make("div", { class: "row" }, make("label", { for: "colour-by" }, "by"), choice, shades);
  panels.add({ id: "colour", title: "Colour", order: 10, element: make("div", { class: "body" }, row, body) });

  hub.on("theme", refresh);
  hub.on("selection", recolour);
  hub.on("search", recolour);
  refresh();

  function list() {
    choice.replaceChildren(...pack.columns.map((one, k) => make("option", { value: String(k) }, labelled(one))));
    choice.value = String(pack.columns.indexOf(column));
  }

  function choose(number) {
    column = pack.columns[number] ?? column;
    choice.value = String(pack.columns.indexOf(column));
    alone.clear();
    refresh();
    hub.emit("colour", { column });
  }

  function refresh() {
    scale = scaleOf(column, theme.name, palette);
    shades.hidden = scale.kind !== "number";
    recolour();
    body.replaceChildren(scale.kind === "number" ? bar() : groups());
  }

  function recolour() {
    view.setColours(paint(scale, shown(), opacity(pack.n)));
  }

  /** Which points are not faint: 1 or 0 for each, or null for all. */
  function shown() {
    const sets = [state.found, state.selection.length ? state.selection : null].filter(Boolean);
    if (!sets.length && !alone.size) return null;
    const marks = new Uint8Array(pack.n).fill(1);
    for (const indices of sets) {
      const mine = new Uint8Array(pack.n);
      for (const i of indices) mine[i] = 1;
      for (let i = 0; i < pack.n; i++) marks[i] &= mine[i];
    }
    if (alone.size) for (let i = 0; i < pack.n; i++) marks[i] &= Number(alone.has(column.values[i]));
    return marks;
  }

  function bar() {
    const canvas = make("canvas", { width: 256, height: 1, class: "ramp", role: "img", "aria-label": `from ${told(scale.low)} to ${told(scale.high, column.unit)}` });
    const context = canvas.getContext("2d");
    const image = context.createImageData(256, 1);
    for (let k = 0; k < 256; k++) image.data.set([...scale.colours.subarray(3 * k, 3 * k + 3), 255], 4 * k);
    context.putImageData(image, 0, 0);
    const middle = scale.log ? Math.sqrt(scale.low * scale.high) : (scale.low + scale.high) / 2;
    const ends = [scale.low, middle, scale.high].map((v, k) => make("span", {}, told(v, k === 2 ? column.unit : "")));
    const box = make("div", { class: "range" }, canvas, make("div", { class: "ends", "data-test": "legend-ends" }, ...ends));
    if (scale.missing) box.append(make("div", { class: "none" }, swatch(scale.other), "none"));
    return box;
  }

  function groups() {
    const items = scale.groups.map((group) => {
      const button = make(
        "button",
        { type: "button", class: "group", "aria-pressed": "false", title: group.name, onclick: () => only(group.category) },
        swatch(group.colour), make("span", { class: "name" }, group.name), make("span", { class: "count" }, String(group.count)),
      );
      button.dataset.category = String(group.category);
      return make("li", {}, button);
    });
    if (scale.rest) {
      items.push(make("li", { class: "none" }, swatch(scale.other), `${scale.rest} others`, make("span", { class: "count" }, String(scale.others))));
    }
    return make("ul", { class: "groups" }, ...items);
  }

  function only(category) {
    if (!alone.delete(category)) alone.add(category);
    for (const button of body.querySelectorAll(".group")) {
      button.setAttribute("aria-pressed", String(alone.has(Number(button.dataset.category))));
    }
    recolour();
  }

  return {
    choose,
    refresh,
    get column() {
      return column;
    },
    /** Take a column into the choice that was added to the pack, as labels. @param {any} added */
    add(added) {
      const known = pack.columns.findIndex((one) => one.name === added.name);
      if (known >= 0) pack.columns[known] = added;
      else pack.columns.push(added);
      if (column.name === added.name) column = added;
      list();
      refresh();
    },
  };
}

const labelled = (column) => (column.unit && column.unit !== "ratio" ? `${column.name} (${column.unit})` : column.name);

function swatch(colour) {
  const element = make("span", { class: "swatch", "aria-hidden": "true" });
  element.style.background = `rgb(${colour.join(", ")})`;
  return element;
}
