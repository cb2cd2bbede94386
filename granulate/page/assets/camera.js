// Which part of the map is on the screen. The map's y points up, the screen's down.

const FARTHEST = 0.4; // of the scale at which everything fits
const CLOSEST_PIXELS = 4e6; // a unit of the map, at most

export class Camera {
  constructor() {
    this.x = 0.5;
    this.y = 0.5;
    /** Pixels (of CSS) to a unit of the map. */
    this.scale = 1;
    this.width = 1;
    this.height = 1;
    /** The scale at which everything fits. */
    this.whole = 1;
  }

  /** Keep the same part in view when the screen's size changes. */
  resize(width, height) {
    const before = this.whole;
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    const margin = Math.min(36, Math.min(this.width, this.height) / 10);
    this.whole = Math.max(1, Math.min(this.width, this.height) - 2 * margin);
    this.scale *= this.whole / before;
  }

  /** How much closer than the whole. */
  get zoom() {
    return this.scale / this.whole;
  }

  fit() {
    this.x = this.y = 0.5;
    this.scale = this.whole;
  }

  /** Show a rectangle of the map, with some room about it. */
  show(x0, y0, x1, y1) {
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
    const across = this.width / Math.max(x1 - x0, 0.02);
    const down = this.height / Math.max(y1 - y0, 0.02);
    this.scale = this.bounded(0.8 * Math.min(across, down));
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toMap(sx, sy) {
    return [this.x + (sx - this.width / 2) / this.scale, this.y - (sy - this.height / 2) / this.scale];
  }

  /** Zoom so that what is at a place of the screen stays there. */
  zoomAt(sx, sy, factor) {
    const [x, y] = this.toMap(sx, sy);
    this.scale = this.bounded(this.scale * factor);
    this.x = x - (sx - this.width / 2) / this.scale;
    this.y = y + (sy - this.height / 2) / this.scale;
    this.hold();
  }

  panBy(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.hold();
  }

  /** Centre on a point of the map unless it is well in view. */
  reveal(x, y) {
    const [sx, sy] = this.toScreen(x, y);
    const edge = Math.min(60, this.width / 5, this.height / 5);
    if (sx > edge && sy > edge && sx < this.width - edge && sy < this.height - edge) return false;
    this.x = x;
    this.y = y;
    return true;
  }

  /** What is in view: x0, y0, x1, y1, and a share of that more on every side. */
  rect(more = 0) {
    const w = ((1 + 2 * more) * this.width) / (2 * this.scale);
    const h = ((1 + 2 * more) * this.height) / (2 * this.scale);
    return [this.x - w, this.y - h, this.x + w, this.y + h];
  }

  bounded(scale) {
    return Math.min(CLOSEST_PIXELS, Math.max(FARTHEST * this.whole, scale));
  }

  /** Never lose the map: its square stays under the middle of the screen. */
  hold() {
    this.x = Math.min(1.05, Math.max(-0.05, this.x));
    this.y = Math.min(1.05, Math.max(-0.05, this.y));
  }
}
