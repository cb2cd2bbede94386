// Drawing tools: what the pointer draws on the map becomes a gesture or a selection.

const LEAST_PIXELS = 3; // between two points of a drawing
const MOST_POINTS = 2000;

/** @typedef {"pointer" | "line" | "loop" | "lasso" | "turn"} Tool */
const TOOLS = ["pointer", "line", "loop", "lasso", "turn"];

/**
 * The tools' state: which is chosen, and what is being drawn.
 * @param {{hub: any, view: any}} app
 */
export function createDrawing({ hub, view }) {
  let tool = "pointer";
  /** @type {number[][] | null} in map units while it is drawn */
  let drawn = null;
  let at = [0, 0];
  const tools = TOOLS.filter((one) => one !== "turn" || view.turning);
  document.querySelector('[data-tool="turn"]').hidden = !view.turning;

  for (const button of buttons()) {
    button.addEventListener("click", () => choose(button.dataset.tool));
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tools[(tools.indexOf(tool) + step + tools.length) % tools.length];
      choose(next);
      buttons().find((other) => other.dataset.tool === next).focus();
      event.preventDefault();
    });
  }
  choose(tool);

  /** @param {Tool} wanted */
  function choose(wanted) {
    tool = wanted;
    for (const button of buttons()) {
      const on = button.dataset.tool === wanted;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    view.element.dataset.tool = wanted;
    hub.emit("tool", { tool });
  }

  function begin(x, y) {
    drawn = [view.camera.toMap(x, y)];
    at = [x, y];
    view.overlay.setDrawing(drawn, tool);
  }

  function go(x, y) {
    if (!drawn || Math.hypot(x - at[0], y - at[1]) < LEAST_PIXELS) return;
    // A very long drawing keeps its shape and loses every second point.
    if (drawn.length >= MOST_POINTS) drawn = drawn.filter((_, i) => i % 2 === 0);
    drawn.push(view.camera.toMap(x, y));
    at = [x, y];
    view.overlay.setDrawing(drawn, tool);
  }

  async function end() {
    const points = drawn;
    drawn = null;
    view.overlay.setDrawing(null, tool);
    if (!points || points.length < 2) return;
    if (tool === "lasso") {
      hub.emit("selection", { indices: await view.inPolygon(points) });
    } else {
      hub.emit("gesture", { points, places: view.placesOf(points), closed: tool === "loop" });
    }
  }

  function cancel() {
    drawn = null;
    view.overlay.setDrawing(null, tool);
  }

  return {
    get tool() {
      return tool;
    },
    /** What the pointer does with it: "pan", "draw" or "turn". */
    get does() {
      return { pointer: "pan", turn: "turn" }[tool] ?? "draw";
    },
    /** The tool of a number, from 1; nothing where there is none. */
    numbered: (number) => tools[number - 1],
    choose,
    begin,
    go,
    end,
    cancel,
  };
}

const buttons = () => [...document.querySelectorAll("#tools [data-tool]")];
