// Finding points by name: every word has to be in the name of the sound, or of a label.
import { make } from "./panels.js";

const MOST_LISTED = 40;

/** @param {{hub: any, pack: import("./pack.js").Pack, view: any, state: any, say: (text: string) => void}} app */
export function createSearch({ hub, pack, view, state, say }) {
  const field = document.getElementById("search");
  const box = document.getElementById("found");
  const names = pack.sounds.map((sound) => sound.name.toLowerCase());
  let waiting = 0;

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, pack.n > 200_000 ? 120 : 20);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
    if (event.key === "Enter" && state.found?.length) go(state.found);
    if (event.key === "ArrowDown") box.querySelector("button")?.focus();
    if (["Escape", "Enter", "ArrowDown"].includes(event.key)) event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) (document.activeElement[step] ?? field).focus();
    if (event.key === "Escape") clear();
    if (step || event.key === "Escape") event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#find")) box.hidden = true;
  });
  field.addEventListener("focus", () => (box.hidden = !box.childElementCount));

  function look() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return clear(false);
    const sounds = names.map((name) => words.every((word) => name.includes(word)));
    const labels = pack.columns.filter((column) => column.kind === "category" && column.name !== "sound");
    const marks = labels.map((column) => ({
      values: column.values,
      has: column.categories.map((name) => words.every((word) => name.toLowerCase().includes(word))),
    }));
    const indices = [];
    for (let i = 0; i < pack.n; i++) {
      if (sounds[pack.sound[i]] || marks.some(({ values, has }) => has[values[i]])) indices.push(i);
    }
    state.found = Uint32Array.from(indices);
    list(sounds);
    hub.emit("search", { indices: state.found });
    return undefined;
  }

  function list(sounds) {
    const matching = [...sounds.keys()].filter((k) => sounds[k]);
    const points = state.found.length === 1 ? "1 point" : `${state.found.length} points`;
    const rows = matching.slice(0, MOST_LISTED).map((k) =>
      make("button", { type: "button", "data-test": "found-sound", onclick: () => go(of(k)) }, pack.sounds[k].name),
    );
    const more = matching.length - rows.length;
    box.replaceChildren(make("div", { class: "note", "data-test": "found-count" }, more > 0 ? `${points}; ${more} more sounds` : points), ...rows);
    box.hidden = false;
    say(points);
  }

  const of = (sound) => Uint32Array.from(state.found.filter((i) => pack.sound[i] === sound));

  function go(indices) {
    if (!indices.length) return;
    box.hidden = true;
    view.show(indices);
    hub.emit("pick", { index: indices[0], source: "search" });
    view.element.focus({ preventScroll: true });
  }

  function clear(empty = true) {
    if (empty) field.value = "";
    box.replaceChildren();
    box.hidden = true;
    if (!state.found) return;
    state.found = null;
    hub.emit("search", { indices: null });
  }

  return { clear };
}
