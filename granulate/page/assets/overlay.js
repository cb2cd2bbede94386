// What moves above the points: the one under the pointer, the chosen one, those that sound, and drawings.

const FLASH_MS = 450;
const MOST_FLASHES = 512;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{camera: any, placeOf: (index: number) => number[], dotSize: () => number}} view
 */
export function createOverlay(canvas, view) {
  const context = canvas.getContext("2d");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Map<number, number>} when each point that sounds began to */
  const flashes = new Map();
  let [hovered, picked] = [-1, -1];
  let [drawing, tool] = [null, "line"];
  let gesture = null;
  let colours = { ink: "#000", accent: "#06c", paper: "#fff" };
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
    for (const [index, since] of flashes) {
      const age = (now - since) / FLASH_MS;
      if (age >= 1) flashes.delete(index);
      else flash(index, Math.max(0, age));
    }
    if (picked >= 0) ring(picked, 6, 2.5, colours.accent);
    if (hovered >= 0) ring(hovered, 3, 2, colours.ink);
    if (flashes.size) ask();
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
