// The map itself: its camera, how its points are laid out and turned, and what is where on the screen.
import { Camera } from "./camera.js";
import { dotSize } from "./density.js";
import { createOverlay } from "./overlay.js";
import { Painter } from "./painter.js";
import { SpatialClient } from "./spatial-client.js";
import { SIDES, Turning } from "./turning.js";

const SETTLED_MS = 140;
const LAYOUT_MS = 500;
const ANYWHERE = 3; // a radius beyond the whole map
const SMOOTHED = 6; // points of a drawing on either side, over which its depth is evened

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
    this.canvas = document.getElementById("points");
    this.camera = new Camera();
    this.spatial = new SpatialClient();
    this.painter = new Painter(this.canvas, pack.n, { plain, asked: () => this.ask() });
    this.overlay = createOverlay(document.getElementById("overlay"), this);
    this.layout = "map";
    /** What turns a map of three dimensions; null for one of two. */
    this.turning = pack.points3 ? new Turning(pack.points3, pack.reach) : null;
    this.places = { map: this.turning ? this.turning.flat() : pack.points };
    this.from = this.to = this.places.map;
    this.share = 1;
    this.moved = 0;
    this.waiting = 0;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.fitted = false;
    /** Whether the pointer finds points. Until then the first of very many are enough to look at. */
    this.indexed = false;
    this.painter.setPoints(this.from, this.to);
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.resize();
  }

  /** Index the points; resolves when the pointer finds them. Levels of detail follow. */
  async ready() {
    await this.spatial.add("map", this.places.map);
    this.indexed = true;
    this.ask();
    if (this.painter.many) this.spatial.levels("map").then((list) => this.painter.setWhole(list));
  }

  get renderer() {
    return this.painter.renderer;
  }

  get colours() {
    return this.painter.colours;
  }

  /** @param {Uint8Array} colours (4n) */
  setColours(colours) {
    this.painter.setColours(colours);
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
    this.painter.renew();
    this.paint(performance.now());
  }

  /** Draw, or go on drawing, with the next frame. */
  ask() {
    this.waiting ||= requestAnimationFrame((now) => {
      this.waiting = 0;
      this.paint(now);
    });
  }

  /** The camera moved. */
  move() {
    this.moved = performance.now();
    this.painter.renew();
    this.overlay.ask();
    this.hub.emit("camera", {});
  }

  paint(now) {
    if (!this.colours) return;
    this.proceed(now);
    const { camera, ratio, share, painter } = this;
    const first = !painter.frames;
    const done = painter.paint(now, { camera, share, size: this.dotSize(), ratio });
    const settled = share === 1 && now - this.moved >= SETTLED_MS;
    const waits = settled && this.look();
    if (!settled || !(done || waits || !this.indexed)) this.ask();
    if (!this.waiting) painter.rest();
    if (first) this.hub.emit("painted", {});
    if (done && settled) this.hub.emit("drawn", {});
  }

  look() {
    const { layout, spatial } = this;
    return spatial.has(layout) && this.painter.look(this.camera, (rect) => spatial.rect(layout, rect));
  }

  /** Pixels (of CSS) across a point. */
  dotSize() {
    return dotSize(this.pack.n, this.camera);
  }

  /** Where a point is on the screen. */
  placeOf(index) {
    const [a, b] = [this.from, this.to];
    const x = a[2 * index] + (b[2 * index] - a[2 * index]) * this.share;
    const y = a[2 * index + 1] + (b[2 * index + 1] - a[2 * index + 1]) * this.share;
    return this.camera.toScreen(x, y);
  }

  /** The points' places in the layout that is shown, as they are seen, (2n). */
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

  /** Where a point lies on the map, whatever is seen of it: [x, y], or [x, y, z]. */
  placeOnMap(index) {
    const { points, points3 } = this.pack;
    return points3 ? [...points3.subarray(3 * index, 3 * index + 3)] : [...points.subarray(2 * index, 2 * index + 2)];
  }

  /**
   * The places of the map that a drawing [[x, y], ...] goes through. Its depth is that of the points which are
   * nearest to it; on the grid, which is no map, it goes through those points.
   * @param {number[][]} drawn @returns {number[][]}
   */
  placesOf(drawn) {
    if (this.layout === "map" && !this.turning) return drawn;
    const near = drawn.map(([x, y]) => this.spatial.nearest(this.layout, x, y, ANYWHERE));
    if (this.layout === "grid") return near.filter((index) => index >= 0).map((index) => this.placeOnMap(index));
    const depths = near.map((index) => (index < 0 ? 0.5 : this.turning.seen(this.placeOnMap(index))[2]));
    return drawn.map(([x, y], i) => {
      const some = depths.slice(Math.max(0, i - SMOOTHED), i + SMOOTHED + 1);
      return this.turning.placeAt([x, y, some.reduce((a, b) => a + b) / some.length]);
    });
  }

  /** Where a place of the map is seen. @param {number[]} place @returns {number[]} */
  seenOf(place) {
    return this.turning ? this.turning.seen(place).slice(0, 2) : place;
  }

  /** @param {"map" | "grid"} layout */
  async arrange(layout) {
    if (layout === "grid" && !this.places.grid) {
      if (!this.spatial.has("map")) await this.spatial.add("map", this.places.map);
      const places = await this.spatial.grid("map");
      await this.spatial.add("grid", places);
      this.places.grid = places;
    }
    if (layout === this.layout) return;
    this.from = this.places[this.layout];
    this.to = this.places[layout];
    this.layout = layout;
    this.began = performance.now();
    this.share = this.still.matches ? 1 : 0;
    this.painter.setPoints(this.from, this.to);
    this.camera.fit();
    this.hub.emit("layout", { layout });
  }

  proceed(now) {
    if (this.share >= 1) return;
    const t = Math.min(1, Math.max(0, (now - this.began) / LAYOUT_MS));
    this.share = t * t * (3 - 2 * t);
    this.overlay.ask();
  }

  /** Turn a map of three dimensions. @param {number} yaw @param {number} pitch radians from where it is */
  turnBy(yaw, pitch) {
    if (this.turning) this.turnTo(this.turning.yaw + yaw, this.turning.pitch + pitch);
  }

  /** Look at it from a side. @param {string} side as SIDES names it */
  lookAt(side) {
    this.turnTo(SIDES[side].yaw, SIDES[side].pitch);
  }

  /** @param {number} yaw @param {number} pitch radians */
  turnTo(yaw, pitch) {
    if (!this.turning || this.layout !== "map") return;
    this.turning.to(yaw, pitch);
    this.places = { map: this.turning.flat() };
    this.from = this.to = this.places.map;
    this.share = 1;
    this.spatial.forget(); // nothing is found while it turns
    this.painter.setPoints(this.from, this.to);
    this.hub.emit("turn", { side: this.turning.side });
    this.move();
    clearTimeout(this.turned);
    this.turned = setTimeout(() => this.spatial.add("map", this.places.map), SETTLED_MS);
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
