// All that the pointer does, by keys.
import { make } from "./panels.js";
import { towards } from "./spatial.js";
import { TOOLS } from "./draw.js";

const PAN_PIXELS = 60;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEYS = [
  ["arrows", "the next point in that direction, and play it"],
  ["Enter", "play the chosen point again"],
  ["Shift and arrows", "move the map"],
  ["+ and −", "zoom; 0 shows the whole map"],
  ["1 2 3 4", "point, line, loop, lasso"],
  ["Space, held", "drag moves the map with any tool"],
  ["w", "start or stop the walk"],
  ["g", "grid layout"],
  ["/", "search names"],
  ["t", "light or dark"],
  ["p", "panels"],
  ["Esc", "stop, and let go of selection and drawing"],
];

/** @param {any} app */
export function watchKeys({ hub, pack, view, state, drawing, pointer, acts, say }) {
  const dialog = document.getElementById("help");
  const rows = KEYS.flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)]);
  dialog.append(
    make("h2", {}, "Keys"), make("dl", {}, ...rows),
    make("form", { method: "dialog" }, make("button", { "data-test": "help-close" }, "Close")),
  );

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "Escape") return clear();
    if (typing || (event.target.closest("button, summary") && [" ", "Enter"].includes(event.key))) return;
    if (press(event)) event.preventDefault();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === " ") pointer.hold(false);
  });
  globalThis.addEventListener("blur", () => pointer.hold(false));

  function press(event) {
    const { key } = event;
    // Arrows within the tools choose tools.
    const arrow = event.target.closest('[role="radio"]') ? null : ARROWS[key];
    if (arrow && event.shiftKey) return pan(arrow);
    if (arrow) return step(arrow);
    if (key === " ") return pointer.hold(true) ?? true;
    if (key === "Enter") return again();
    if (TOOLS[Number(key) - 1]) return drawing.choose(TOOLS[Number(key) - 1]) ?? true;
    const does = { "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", _: "zoom-out", 0: "fit", g: "grid", t: "theme", p: "sheet", "?": "help", "/": "search" }[key];
    if (!does) return false;
    acts[does]();
    return true;
  }

  function pan([dx, dy]) {
    view.camera.panBy(-dx * PAN_PIXELS, dy * PAN_PIXELS);
    view.move();
    return true;
  }

  /** To the neighbour in a direction; from nothing chosen, to what is nearest to the middle. */
  function step([dx, dy]) {
    const { camera, points } = view;
    let index;
    if (state.picked < 0) index = view.nearest(camera.width / 2, camera.height / 2, Math.max(camera.width, camera.height));
    else index = towards(points, state.picked, dx, dy);
    if (index < 0) {
      if (pack.n) say("nothing further that way");
      return true;
    }
    if (camera.reveal(points[2 * index], points[2 * index + 1])) view.move();
    hub.emit("pick", { index, source: "keys" });
    return true;
  }

  function again() {
    if (state.picked >= 0) hub.emit("pick", { index: state.picked, source: "keys" });
    return true;
  }

  function clear() {
    drawing.cancel();
    hub.emit("stop", {});
    hub.emit("gesture", { points: [], closed: false });
    hub.emit("selection", { indices: new Uint32Array(0) });
  }
}
