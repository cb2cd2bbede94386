// What is seen first of very many points: some of them, in their colours, before the page has read its pack.
import { Camera } from "./camera.js";
import { paint, PALETTES, scaleOf } from "./colours.js";
import { dotSize, opacity } from "./density.js";
import { fromBase64, parsePack } from "./pack.js";
import { make } from "./panels.js";
import { createCanvasPoints } from "./points-canvas.js";

/**
 * Draw the sketch that the settings hold, on a canvas of its own, which goes when the map is there.
 * @param {{settings: {sketch?: string}, theme: any}} app
 * @returns {() => void} what takes it away
 */
export function drawSketch({ settings, theme }) {
  const element = document.getElementById("map");
  const { clientWidth: width, clientHeight: height } = element;
  if (!settings.sketch || !width || !height) return () => {};
  const { header, points, columns } = parsePack(fromBase64(settings.sketch).buffer);
  const n = points.length / 2;
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const canvas = make("canvas", { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  element.prepend(canvas);
  const camera = new Camera();
  camera.resize(width, height);
  camera.fit();
  const points2d = createCanvasPoints(canvas);
  points2d.setPoints(points, points);
  points2d.setColours(paint(scaleOf(columns[0], theme.name, PALETTES[0]), null, opacity(header.n)));
  points2d.setList("all", Uint32Array.from({ length: n }, (_, i) => i));
  const size = dotSize(header.n, camera);
  points2d.draw({ camera, share: 1, size, ratio, list: "all", first: 0, count: n });
  return () => canvas.remove();
}

/** Until what was drawn before is on the screen. */
export function frameShown() {
  // A page that is not seen has no frames.
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}
