// Mouse, pen and fingers on the map: hover, pick, pan, turn, wheel, pinch, and drawing with the tools.

const CLICK_PIXELS = 5;
const WHEEL_STEP = 1.0015;
const TURN_STEP = 0.008; // radians to a pixel

/**
 * @param {{hub: any, view: any, drawing: any, state: any}} app
 */
export function watchPointer({ hub, view, drawing, state }) {
  const { element } = view;
  /** @type {Map<number, {x: number, y: number}>} pointers that are down */
  const down = new Map();
  let pressed = null; // where the one pointer went down, and what it does
  let held = false; // the space bar, with which any tool pans

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function hover(index, x, y, touch) {
    if (index === state.hovered) return;
    state.hovered = index;
    hub.emit("hover", { index, x, y, touch });
  }

  element.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button, a, input")) return;
    const [x, y] = place(event);
    down.set(event.pointerId, { x, y });
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    if (down.size === 2) {
      drawing.cancel();
      pressed = { does: "pinch" };
      return;
    }
    if (down.size > 2) return;
    if (event.button > 1) return;
    const does = event.button === 1 || held ? "pan" : event.shiftKey && view.turning ? "turn" : drawing.does;
    pressed = { x, y, does, moved: false, button: event.button };
    if (does === "draw") drawing.begin(x, y);
    else if (event.pointerType === "touch") hover(view.nearest(x, y, 18), x, y, true);
  });

  // Moves wait for the next frame: where there are events that do not, sound comes sooner.
  const soonest = "onpointerrawupdate" in element ? "pointerrawupdate" : "pointermove";
  element.addEventListener(soonest, (event) => {
    if (down.has(event.pointerId) || event.pointerType === "touch") return;
    const [x, y] = place(event);
    hover(view.nearest(x, y), x, y, false);
  });

  element.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    const before = down.get(event.pointerId);
    if (!before) return;
    if (pressed?.does === "pinch") pinch(event.pointerId, before, { x, y });
    down.set(event.pointerId, { x, y });
    if (pressed?.does === "draw") {
      for (const part of event.getCoalescedEvents?.() ?? []) drawing.go(...place(part));
      drawing.go(x, y);
    } else if (pressed?.does === "pan" || pressed?.does === "turn") {
      if (!pressed.moved && Math.hypot(x - pressed.x, y - pressed.y) < CLICK_PIXELS) return;
      pressed.moved = true;
      element.dataset.panning = "yes";
      if (pressed.does === "turn") {
        view.turnBy(TURN_STEP * (x - before.x), TURN_STEP * (y - before.y));
      } else {
        view.camera.panBy(x - before.x, y - before.y);
        view.move();
      }
    }
  });

  function pinch(id, before, now) {
    const other = [...down].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const [was, is] = [before, now].map((p) => Math.hypot(p.x - other.x, p.y - other.y));
    view.camera.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    if (was > 0) view.camera.zoomAt((now.x + other.x) / 2, (now.y + other.y) / 2, is / was);
    view.move();
  }

  function up(event) {
    const known = down.delete(event.pointerId);
    if (!known || !pressed) return;
    const { does, moved, button } = pressed;
    if (down.size) return;
    pressed = null;
    delete element.dataset.panning;
    const [x, y] = place(event);
    if (does === "draw") drawing.end();
    if (does !== "draw" && !moved && button === 0) {
      const index = view.nearest(x, y, event.pointerType === "touch" ? 18 : 10);
      if (index >= 0) hub.emit("pick", { index, source: "pointer" });
      else hub.emit("pick", { index: -1, source: "pointer" });
    }
    if (event.pointerType === "touch") hover(-1, x, y, true);
  }
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", (event) => {
    down.delete(event.pointerId);
    drawing.cancel();
    pressed = null;
  });
  element.addEventListener("pointerleave", () => hover(-1, 0, 0, false));
  element.addEventListener("auxclick", (event) => event.preventDefault());

  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const [x, y] = place(event);
      const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
      // A trackpad's pinch comes as a wheel with the control key, in small steps.
      const speed = event.ctrlKey ? 6 : 1;
      const moved = Math.max(-400, Math.min(400, event.deltaY * lines * speed));
      view.camera.zoomAt(x, y, WHEEL_STEP ** -moved);
      view.move();
    },
    { passive: false },
  );

  return {
    hold(on) {
      held = on;
      element.dataset.held = on ? "yes" : "no";
    },
  };
}
