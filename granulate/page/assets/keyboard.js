// All that the pointer does, by keys.
import { make } from "./panels.js";
import { towards } from "./spatial.js";

const PAN_PIXELS = 60;
const TURN_STEP = Math.PI / 24;
const SIDES = { x: "zy", y: "xz", z: "xy" }; // along which axis is looked
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

const TURNING_KEYS = [
  ["5, or Shift and drag", "turn the map; then arrows turn it, too"],
  ["x y z", "look along that axis"],
];

/** @param {any} app */
export function watchKeys({ hub, pack, view, state, drawing, pointer, acts, say }) {
  const dialog = document.getElementById("help");
  const rows = [...KEYS, ...(view.turning ? TURNING_KEYS : [])].flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)]);
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
    if (arrow && drawing.tool === "turn") return turn(arrow);
    if (arrow) return step(arrow);
    if (key === " ") return pointer.hold(true) ?? true;
    if (key === "Enter") return again();
    if (drawing.numbered(Number(key))) return drawing.choose(drawing.numbered(Number(key))) ?? true;
    if (view.turning && SIDES[key]) return view.lookAt(SIDES[key]) ?? true;
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

  function turn([dx, dy]) {
    view.turnBy(dx * TURN_STEP, -dy * TURN_STEP);
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
    hub.emit("gesture", { points: [], places: [], closed: false });
    hub.emit("selection", { indices: new Uint32Array(0) });
  }
}
