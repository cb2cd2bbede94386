// What moves above the points: the one under the pointer, the chosen one, those that sound, the walk, and drawings.

const FLASH_MS = 450;
const MOST_FLASHES = 512;
const [AXES_PIXELS, AXES_EDGE] = [24, 44]; // how long they are drawn, and how far from the map's corner

/**
 * @param {HTMLCanvasElement} canvas
 * @param {any} view
 */
export function createOverlay(canvas, view) {
  const context = canvas.getContext("2d");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Map<number, number>} when each point that sounds began to */
  const flashes = new Map();
  let [hovered, picked] = [-1, -1];
  let [drawing, tool] = [null, "line"];
  let gesture = null;
  let walk = null;
  let colours = { ink: "#000", accent: "#06c", paper: "#fff", quiet: "#555" };
  let waiting = 0;
  let ratio = 1;

  function ask() {
    waiting ||= requestAnimationFrame(paint);
  }

  function paint(now) {
    waiting = 0;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (gesture) stroke(gesture.points, gesture.closed, false);
    if (drawing) stroke(drawing, tool !== "line", tool === "lasso");
    if (view.layout === "map" && view.turning) axes();
    if (view.layout === "map" && walk) cross(view.seenOf(walk));
    for (const [index, since] of flashes) {
      const age = (now - since) / FLASH_MS;
      if (age >= 1) flashes.delete(index);
      else flash(index, Math.max(0, age));
    }
    if (picked >= 0) ring(picked, 6, 2.5, colours.accent);
    if (hovered >= 0) ring(hovered, 3, 2, colours.ink);
    if (flashes.size) ask();
  }

  /** Which way the axes of a map of three dimensions point. */
  function axes() {
    const [x, y] = [AXES_EDGE, view.camera.height - AXES_EDGE];
    context.lineWidth = 1.5;
    context.strokeStyle = context.fillStyle = colours.quiet;
    context.font = "600 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    ["x", "y", "z"].forEach((name, axis) => {
      const [right, up] = view.turning.rows.map((row) => row[axis]);
      if (Math.hypot(right, up) < 0.15) return; // it points at the eye
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x + right * AXES_PIXELS, y - up * AXES_PIXELS);
      context.stroke();
      context.fillText(name, x + right * (AXES_PIXELS + 9), y - up * (AXES_PIXELS + 9));
    });
  }

  /** Where the walk is. */
  function cross(place) {
    const [x, y] = view.camera.toScreen(...place);
    for (const [width, colour] of [[4, colours.paper], [1.5, colours.ink]]) {
      context.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        context.moveTo(x + 4 * dx, y + 4 * dy);
        context.lineTo(x + 11 * dx, y + 11 * dy);
      }
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
  }

  function ring(index, more, width, colour) {
    const [x, y] = view.placeOf(index);
    context.beginPath();
    context.arc(x, y, view.dotSize() / 2 + more, 0, 2 * Math.PI);
    context.lineWidth = width + 2;
    context.strokeStyle = colours.paper;
    context.stroke();
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }

  function flash(index, age) {
    const [x, y] = view.placeOf(index);
    context.globalAlpha = 1 - age;
    context.beginPath();
    context.arc(x, y, view.dotSize() / 2 + (still.matches ? 4 : 2 + 9 * age), 0, 2 * Math.PI);
    context.fillStyle = colours.accent;
    context.fill();
    context.globalAlpha = 1;
  }

  function stroke(points, closed, filled) {
    context.beginPath();
    points.forEach(([x, y], i) => {
      const [sx, sy] = view.camera.toScreen(x, y);
      if (i) context.lineTo(sx, sy);
      else context.moveTo(sx, sy);
    });
    if (closed) context.closePath();
    context.lineJoin = context.lineCap = "round";
    if (filled) {
      context.globalAlpha = 0.15;
      context.fillStyle = colours.accent;
      context.fill();
      context.globalAlpha = 1;
      context.setLineDash([5, 5]);
    }
    context.lineWidth = 5;
    context.strokeStyle = colours.paper;
    context.stroke();
    context.lineWidth = 2.5;
    context.strokeStyle = colours.accent;
    context.stroke();
    context.setLineDash([]);
  }

  return {
    ask,
    resize(width, height, pixels) {
      ratio = pixels;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      ask();
    },
    setColours(found) {
      colours = found;
      ask();
    },
    setHovered(index) {
      hovered = index;
      ask();
    },
    setPicked(index) {
      picked = index;
      ask();
    },
    /** What is being drawn, in map units; null is nothing. */
    setDrawing(points, by) {
      [drawing, tool] = [points, by];
      ask();
    },
    /** The gesture that stays; null is none. */
    setGesture(found) {
      gesture = found;
      ask();
    },
    /** Where on the map the walk is; null is nowhere. @param {number[] | null} place */
    setWalk(place) {
      if (String(place) === String(walk)) return;
      walk = place;
      ask();
    },
    /** Light points up that begin to sound. @param {Iterable<number>} indices */
    flash(indices) {
      const now = performance.now();
      for (const index of indices) {
        flashes.delete(index);
        flashes.set(index, now);
      }
      for (const oldest of flashes.keys()) {
        if (flashes.size <= MOST_FLASHES) break;
        flashes.delete(oldest);
      }
      ask();
    },
  };
}
