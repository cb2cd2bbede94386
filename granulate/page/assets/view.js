// The map itself: camera, points, what lies above them, and which points are drawn when there are very many.
import { Camera } from "./camera.js";
import { createOverlay } from "./overlay.js";
import { createCanvasPoints } from "./points-canvas.js";
import { createGlPoints } from "./points-gl.js";
import { SpatialClient } from "./spatial-client.js";

const MOST_MOVING = { webgl2: 200_000, canvas: 8_000 }; // points drawn while the map moves
const LEAST_MOVING = { webgl2: 15_000, canvas: 3_000 }; // on a slow machine
const [QUICK_MS, SLOW_MS] = [22, 40]; // frames between which the number stays
const SETTLED_MS = 140;
const ROOM = 0.5; // of the screen, beyond what is in view, of a list of points in view
const LAYOUT_MS = 500;
const LARGEST_DOT = 16;

/**
 * @param {{hub: any, pack: import("./pack.js").Pack, plain?: boolean}} given `plain`: draw without WebGL
 */
export function createView({ hub, pack, plain = false }) {
  return new View(hub, pack, plain);
}

class View {
  constructor(hub, pack, plain) {
    this.hub = hub;
    this.pack = pack;
    this.element = document.getElementById("map");
    this.camera = new Camera();
    this.spatial = new SpatialClient();
    const canvas = document.getElementById("points");
    this.canvas = canvas;
    this.renderer = (!plain && createGlPoints(canvas, () => this.refill())) || createCanvasPoints(canvas);
    this.overlay = createOverlay(document.getElementById("overlay"), this);
    this.layout = "map";
    this.places = { map: pack.points };
    this.from = this.to = pack.points;
    this.share = 1;
    this.moved = 0;
    this.stirred = false;
    this.waiting = 0;
    this.seen = null;
    this.lists = { whole: firstOf(pack.n) };
    this.frames = 0;
    this.budget = MOST_MOVING[this.renderer.kind] / 2;
    this.before = 0;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.fitted = false;
    this.refill();
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.resize();
  }

  /** Index the points, and order them by level of detail; resolves when the pointer finds them. */
  async ready() {
    await this.spatial.add("map", this.pack.points);
    if (this.pack.n > LEAST_MOVING[this.renderer.kind]) {
      this.lists.whole = await this.spatial.levels("map");
      this.renderer.setList("whole", this.lists.whole);
      this.ask();
    }
  }

  /** Hand the renderer all that it draws. */
  refill() {
    this.renderer.setPoints(this.from, this.to);
    if (this.colours) this.renderer.setColours(this.colours);
    for (const [name, list] of Object.entries(this.lists)) this.renderer.setList(name, list);
    this.ask();
  }

  /** @param {Uint8Array} colours (4n) */
  setColours(colours) {
    this.colours = colours;
    this.renderer.setColours(colours);
    this.ask();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    this.ratio = ratio;
    this.camera.resize(width, height);
    if (!this.fitted) this.camera.fit();
    this.fitted = true;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.overlay.resize(width, height, ratio);
    // At once: a canvas that was resized is empty until it is drawn.
    this.paint(performance.now());
    this.ask();
  }

  /** Draw with the next frame. */
  ask() {
    this.waiting ||= requestAnimationFrame((now) => this.paint(now));
  }

  /** The camera moved: draw, first what can be drawn quickly. */
  move() {
    this.moved = performance.now();
    this.stirred = true;
    this.ask();
    this.overlay.ask();
    this.hub.emit("camera", {});
  }

  paint(now) {
    this.waiting = 0;
    if (!this.colours) return;
    // Where a frame takes longer than it takes to settle, what moved since the last one still counts.
    const moving = this.stirred || now - this.moved < SETTLED_MS || this.share < 1;
    this.stirred = false;
    this.proceed(now);
    this.adapt(now, moving);
    const most = this.budget;
    let [list, count] = ["whole", this.pack.n];
    if (this.seen && contains(this.seen.rect, this.camera.rect()) && this.share === 1) {
      [list, count] = ["seen", this.lists.seen.length];
    }
    const all = count;
    if (moving && count > most) count = Math.round(most);
    const { camera, ratio, share } = this;
    this.renderer.draw({ camera, share, size: this.dotSize(), ratio, list, count });
    this.frames++;
    this.drawn = count;
    if (moving) this.ask();
    else if (all > LEAST_MOVING[this.renderer.kind] && list === "whole") this.look();
    if (this.frames === 1) performance.mark("granulate-first-paint");
  }

  /** Draw as many points while the map moves as this machine does smoothly. */
  adapt(now, moving) {
    const took = now - this.before;
    this.before = moving ? now : 0;
    // The first frame of a movement tells nothing of how long one takes.
    if (!moving || took === now || !this.drawn) return;
    const kind = this.renderer.kind;
    if (took > SLOW_MS) this.budget = Math.max(LEAST_MOVING[kind], 0.7 * Math.min(this.budget, this.drawn));
    else if (took < QUICK_MS) this.budget = Math.min(MOST_MOVING[kind], 1.1 * this.budget);
  }

  /** Ask the worker which points are in view, where that spares drawing most of them. */
  async look() {
    if (this.looking || this.camera.zoom < 1.6 || !this.spatial.has(this.layout)) return;
    this.looking = true;
    const [rect, layout] = [this.camera.rect(ROOM), this.layout];
    const found = await this.spatial.rect(layout, rect);
    this.looking = false;
    if (layout !== this.layout) return;
    // Scattered, so that the beginning of the list shows all of it while the map moves.
    this.lists.seen = scattered(found);
    this.renderer.setList("seen", this.lists.seen);
    this.seen = { rect };
    this.ask();
  }

  /** Pixels (of CSS) across a point: fewer and closer ones are larger. */
  dotSize() {
    const base = Math.min(11, Math.max(1.4, 1.1 + 300 / Math.sqrt(this.pack.n + 300)));
    const room = Math.min(1.25, Math.max(0.7, this.camera.whole / 700));
    return Math.min(LARGEST_DOT, base * room * Math.max(0.6, this.camera.zoom ** 0.45));
  }

  /** Where a point is on the screen. */
  placeOf(index) {
    const [a, b] = [this.from, this.to];
    const x = a[2 * index] + (b[2 * index] - a[2 * index]) * this.share;
    const y = a[2 * index + 1] + (b[2 * index + 1] - a[2 * index + 1]) * this.share;
    return this.camera.toScreen(x, y);
  }

  /** The points' places in the layout that is shown, (2n). */
  get points() {
    return this.places[this.layout];
  }

  /** The point near a place of the screen, or -1. */
  nearest(sx, sy, slack = 10) {
    if (this.share < 1) return -1;
    const [x, y] = this.camera.toMap(sx, sy);
    return this.spatial.nearest(this.layout, x, y, (this.dotSize() / 2 + slack) / this.camera.scale);
  }

  /** Points within a polygon [[x, y], ...] of the map. @returns {Promise<Uint32Array>} */
  async inPolygon(polygon) {
    const found = await this.spatial.polygon(this.layout, polygon);
    return found.sort();
  }

  /** @param {"map" | "grid"} layout */
  async arrange(layout) {
    if (layout === "grid" && !this.places.grid) {
      this.places.grid = await this.spatial.grid("map");
      await this.spatial.add("grid", this.places.grid);
    }
    if (layout === this.layout) return;
    this.from = this.places[this.layout];
    this.to = this.places[layout];
    this.layout = layout;
    this.seen = null;
    this.began = performance.now();
    this.share = this.still.matches ? 1 : 0;
    this.renderer.setPoints(this.from, this.to);
    this.camera.fit();
    this.hub.emit("layout", { layout });
    this.ask();
  }

  proceed(now) {
    if (this.share >= 1) return;
    const t = Math.min(1, Math.max(0, (now - this.began) / LAYOUT_MS));
    this.share = t * t * (3 - 2 * t);
    this.overlay.ask();
  }

  /** Zoom about the middle. */
  zoom(factor) {
    this.camera.zoomAt(this.camera.width / 2, this.camera.height / 2, factor);
    this.move();
  }

  fit() {
    this.camera.fit();
    this.move();
  }

  /** Show these points. @param {ArrayLike<number>} indices */
  show(indices) {
    if (!indices.length) return;
    let [x0, y0, x1, y1] = [1, 1, 0, 0];
    for (let k = 0; k < indices.length; k++) {
      const [x, y] = [this.points[2 * indices[k]], this.points[2 * indices[k] + 1]];
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
    }
    this.camera.show(x0, y0, x1, y1);
    this.move();
  }
}

function firstOf(n) {
  const list = new Uint32Array(n);
  for (let i = 0; i < n; i++) list[i] = i;
  return list;
}

const contains = (outer, inner) =>
  outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];

/** The same indices by turns from all over the list: every beginning of it is an even sample. */
function scattered(indices) {
  const n = indices.length;
  let step = Math.floor(n * 0.618) | 1;
  while (divisor(step, n) > 1) step += 2;
  const out = new Uint32Array(n);
  for (let k = 0, at = 0; k < n; k++, at = (at + step) % n) out[k] = indices[at];
  return out;
}

const divisor = (a, b) => (b ? divisor(b, a % b) : a);
