// Which points are drawn in which frame: of very many, some with each, so that the page never stands still.
import { createCanvasPoints } from "./points-canvas.js";
import { createGlPoints } from "./points-gl.js";

const MOST_A_FRAME = { webgl2: 200_000, canvas: 8_000 };
const LEAST_A_FRAME = { webgl2: 15_000, canvas: 3_000 }; // on a slow machine
const [QUICK_MS, SLOW_MS] = [22, 40]; // frames between which the number stays
const ROOM = 0.5; // of the screen, beyond what is in view, of a list of points in view
const CLOSE = 1.6; // zoomed in so far, a list of what is in view spares much

export class Painter {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} n points
   * @param {{plain: boolean, asked: () => void}} given `plain`: without WebGL; `asked`: a frame is to be drawn
   */
  constructor(canvas, n, { plain, asked }) {
    this.renderer = (!plain && createGlPoints(canvas, () => this.refill())) || createCanvasPoints(canvas);
    this.n = n;
    this.asked = asked;
    // Even its beginning shows the whole map.
    this.lists = { whole: scattered(firstOf(n)) };
    this.renderer.setList("whole", this.lists.whole);
    /** The part of the map whose points the list "seen" holds; null where there is none. */
    this.rect = null;
    this.looking = false;
    this.list = "whole";
    this.drawn = 0;
    /** Whether the next frame begins anew, and does not add to what is drawn. */
    this.fresh = true;
    this.frames = 0;
    this.budget = 2 * LEAST_A_FRAME[this.renderer.kind];
    this.before = 0;
  }

  /** Whether there are so many that levels of detail help. */
  get many() {
    return this.n > LEAST_A_FRAME[this.renderer.kind];
  }

  /** Where points move from and to, (2n) each. */
  setPoints(from, to) {
    [this.from, this.to] = [from, to];
    this.rect = null;
    this.renderer.setPoints(from, to);
    this.renew();
  }

  /** @param {Uint8Array} colours (4n) */
  setColours(colours) {
    this.colours = colours;
    this.renderer.setColours(colours);
    this.renew();
  }

  /** All points by level of detail. @param {Uint32Array} list */
  setWhole(list) {
    this.lists.whole = list;
    this.renderer.setList("whole", list);
    // What is wholly drawn looks the same.
    if (this.drawn < this.n) this.renew();
  }

  /** Hand the renderer all that it draws, once more. */
  refill() {
    this.renderer.setPoints(this.from, this.to);
    if (this.colours) this.renderer.setColours(this.colours);
    for (const [name, list] of Object.entries(this.lists)) this.renderer.setList(name, list);
    this.renew();
  }

  /** Begin anew with the next frame. */
  renew() {
    this.fresh = true;
    this.asked();
  }

  /**
   * Draw a frame: as many points as it has time for.
   * @param {number} now @param {{camera: any, share: number, size: number, ratio: number}} frame
   * @returns {boolean} whether all that is to be seen is drawn
   */
  paint(now, frame) {
    this._adapt(now);
    const list = this.rect && frame.share === 1 && contains(this.rect, frame.camera.rect()) ? "seen" : "whole";
    if (this.fresh || list !== this.list || frame.share < 1) this.drawn = 0;
    [this.fresh, this.list] = [false, list];
    const all = this.lists[list].length;
    const count = Math.min(all - this.drawn, Math.round(this.budget));
    this.renderer.draw({ ...frame, list, first: this.drawn, count });
    this.drawn += count;
    this.frames++;
    return this.drawn >= all;
  }

  /** No frame follows at once. */
  rest() {
    this.before = 0;
  }

  _adapt(now) {
    const took = now - this.before;
    const first = !this.before;
    this.before = now;
    // The first frame of several tells nothing of how long one takes.
    if (first) return;
    const kind = this.renderer.kind;
    if (took > SLOW_MS) this.budget = Math.max(LEAST_A_FRAME[kind], 0.7 * this.budget);
    else if (took < QUICK_MS) this.budget = Math.min(MOST_A_FRAME[kind], 1.2 * this.budget);
  }

  /**
   * Ask which points are in view, where that spares drawing most of them.
   * @param {any} camera
   * @param {(rect: number[]) => Promise<Uint32Array>} question
   * @returns {boolean} whether it is worth waiting for
   */
  look(camera, question) {
    if (this.list === "seen" || camera.zoom < CLOSE || !this.many) return false;
    if (this.rect && contains(this.rect, camera.rect())) return false;
    if (this.looking) return true;
    this.looking = true;
    const [rect, points] = [camera.rect(ROOM), this.to];
    question(rect).then((found) => {
      this.looking = false;
      if (points !== this.to) return this.asked();
      this.lists.seen = scattered(found);
      this.renderer.setList("seen", this.lists.seen);
      this.rect = rect;
      // What is wholly drawn is drawn with it once the map moves.
      return this.drawn < this.n ? this.renew() : undefined;
    });
    return true;
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
