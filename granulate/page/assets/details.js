// What is known of the point under the pointer, and of the chosen one.
import { told } from "./colours.js";
import { make } from "./panels.js";

const TIP_COLUMNS = 1; // beside the name and the time: what the points are coloured by

/** @param {{hub: any, pack: import("./pack.js").Pack, view: any, panels: any, state: any, legend: any, say: any}} app */
export function createDetails({ hub, pack, view, panels, state, legend, say }) {
  const tip = document.getElementById("tip");
  const table = make("dl", { id: "details", "data-test": "details" });
  const chosen = make("p", { class: "note", "data-test": "selected" });
  panels.add({ id: "point", title: "Point", order: 20, element: make("div", { class: "body" }, table, chosen) });
  show(-1);
  count();

  hub.on("hover", ({ index, x, y }) => {
    view.overlay.setHovered(index);
    tip.hidden = index < 0;
    if (index >= 0) point(index, x, y);
    show(index >= 0 ? index : state.picked);
  });
  hub.on("pick", ({ index, source }) => {
    state.picked = index;
    view.overlay.setPicked(index);
    show(index);
    if (source === "keys" && index >= 0) say(`${name(index)}, ${when(index)}`);
  });
  hub.on("selection", count);
  hub.on("colour", () => show(state.picked));

  const name = (index) => pack.sounds[pack.sound[index]]?.name ?? `point ${index}`;

  function when(index) {
    const { rate } = pack;
    if (pack.of === "sounds") return told(pack.length[index] / rate, "s");
    return `${told((pack.onset[index] + pack.length[index] / 2) / rate)}\u202fs`;
  }

  function point(index, x, y) {
    const { column } = legend;
    const lines = [make("b", {}, name(index)), when(index)];
    if (TIP_COLUMNS && !["time", "sound", "duration"].includes(column.name)) {
      lines.push(`${column.name} ${value(column, index)}`);
    }
    tip.replaceChildren(...lines.map((line) => make("div", {}, line)));
    const { width, height } = view.camera;
    const [w, h] = [tip.offsetWidth, tip.offsetHeight];
    tip.style.left = `${Math.max(4, Math.min(width - w - 4, x + 16 + w > width ? x - w - 16 : x + 16))}px`;
    tip.style.top = `${Math.max(4, Math.min(height - h - 4, y - h / 2))}px`;
  }

  function show(index) {
    if (index < 0) {
      const what = pack.of === "sounds" ? "sounds" : "grains";
      table.replaceChildren(...row(what, String(pack.n)), ...row("in", pack.sounds.length === 1 ? "1 sound" : `${pack.sounds.length} sounds`));
      return;
    }
    const rows = [["name", name(index)], ["number", String(index)]];
    rows.push(["length", told((1000 * pack.length[index]) / pack.rate, "ms")]);
    for (const column of pack.columns) {
      if (column.name !== "sound") rows.push([column.name, value(column, index)]);
    }
    table.replaceChildren(...rows.flatMap(([term, text]) => row(term, text)));
  }

  function value(column, index) {
    const found = column.values[index];
    return column.kind === "category" ? column.categories[found] ?? "–" : told(found, column.unit);
  }

  function count() {
    const n = state.selection.length;
    chosen.hidden = !n;
    chosen.textContent = n === 1 ? "1 point selected" : `${n} points selected`;
    if (n) say(chosen.textContent);
  }
}

function row(term, text) {
  return [make("dt", {}, term), make("dd", { "data-name": term, title: text }, text)];
}
