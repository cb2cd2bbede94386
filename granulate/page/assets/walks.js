// Walks over the map: which grain sounds next.
//
// A walk is a function that is handed the walker and gives a place to choose a grain near, [x, y] or [x, y, z], the
// number of a grain, or null at its end. All of them draw from one seeded generator, so that a seed gives the same walk.

import { Neighbours } from "./neighbours.js";
import { generator } from "./spatial.js";

const LOOKED_AT = 256;

/**
 * @typedef {{mode: string, spread: number, step: number, rest: number, seconds: number, repeat: boolean,
 *            seed: number}} WalkSettings
 *   `spread`: of how many near grains one is chosen; `step`: how far it goes with each grain, 1 the map's width;
 *   `rest`: grains for which one that was played is left out; `seconds`: how long a drawn line takes.
 */

/** The walks, by name; `label` and `help` for people. */
export const WALKS = {
  walk: { label: "neighbours", help: "from each grain to one that is near it", next: (w) => w.placeOf(w.grain) },
  drunk: { label: "stagger", help: "in any direction, turned back at the edges", next: staggered },
  order: { label: "as recorded", help: "one grain after the other", next: ordered },
  random: { label: "anywhere", help: "any grain", next: (w) => w.space.global(w.below(w.space.n)) },
  line: { label: "drawn line", help: "along the line or the loop that is drawn on the map", next: drawn },
  pointer: { label: "pointer", help: "around the pointer, while it is on the map", next: (w) => w.pointer },
};

/** Where a walk is, and what it may choose from. */
export class Walker {
  /**
   * @param {Float32Array} points a point's coordinates one after the other
   * @param {WalkSettings} settings read anew at every step
   * @param {number} [axes] two or three
   */
  constructor(points, settings, axes = 2) {
    this.points = points;
    this.axes = axes;
    this.settings = settings;
    /** @type {number[] | null} */
    this.pointer = null;
    /** @type {{points: number[][], closed: boolean, marks: number[]} | null} */
    this.line = null;
    this.select(null);
    this.restart();
  }

  /** Choose from these alone; from all, where there are none. @param {Uint32Array | null} members */
  select(members) {
    this.space = new Neighbours(this.points, this.axes, members ?? undefined);
    this.at = 0;
  }

  /** @param {number[][]} points @param {boolean} closed whether it is a loop */
  draw(points, closed) {
    const corners = closed && points.length ? [...points, points[0]] : points;
    const marks = [0];
    for (let i = 1; i < corners.length; i++) {
      marks.push(marks[i - 1] + Math.hypot(...corners[i].map((value, axis) => value - corners[i - 1][axis])));
    }
    this.line = corners.length ? { points: corners, closed, marks } : null;
    this.passed = 0;
  }

  /** Begin again, with the same chances. */
  restart(from = -1) {
    this.random = generator(this.settings.seed);
    this.count = 0;
    this.passed = 0; // seconds
    this.at = 0;
    /** @type {Map<number, number>} the step at which each grain was played last */
    this.played = new Map();
    this.grain = from >= 0 ? from : this.space.global(this.below(this.space.n));
    this.place = this.placeOf(this.grain);
  }

  below(n) {
    return Math.min(n - 1, Math.floor(this.random() * n));
  }

  placeOf(grain) {
    return [...this.points.subarray(this.axes * grain, this.axes * (grain + 1))];
  }

  /**
   * The next grain; -1 where the walk has ended, or waits.
   * @param {number} seconds since the one before
   */
  next(seconds) {
    this.passed += seconds;
    const target = WALKS[this.settings.mode].next(this);
    // Drawn whether it is needed or not, so that no control moves what another draws.
    const chance = this.random();
    if (target === null) return -1;
    if (typeof target === "number") {
      this._sounds(target);
      return target;
    }
    this.place = target;
    this._sounds(this._near(target, chance));
    return this.grain;
  }

  _sounds(grain) {
    this.grain = grain;
    this.count += 1;
    this.played.delete(grain);
    this.played.set(grain, this.count);
    if (this.played.size > 4 * LOOKED_AT + this.settings.rest) this.played.delete(this.played.keys().next().value);
  }

  /** One of the nearest that do not rest; where all do, the one that has rested longest. */
  _near(place, chance) {
    const { spread, rest } = this.settings;
    const found = this.space.nearest(place, Math.min(LOOKED_AT, spread + rest));
    const awake = found.filter((i) => this.count - (this.played.get(i) ?? -Infinity) >= rest).slice(0, spread);
    if (awake.length) return awake[Math.min(awake.length - 1, Math.floor(chance * awake.length))];
    return found.reduce((a, b) => ((this.played.get(b) ?? 0) < (this.played.get(a) ?? 0) ? b : a));
  }
}

function staggered(walker) {
  const angle = 2 * Math.PI * walker.random();
  // Evenly over the sphere: its slices of one thickness have one area (Archimedes).
  const up = walker.axes === 3 ? 2 * walker.random() - 1 : 0;
  const across = Math.sqrt(1 - up * up);
  const direction = [across * Math.cos(angle), across * Math.sin(angle), up];
  return walker.place.map((value, axis) => reflected(value + walker.settings.step * direction[axis]));
}

function reflected(x) {
  const folded = Math.abs(x) % 2;
  return folded > 1 ? 2 - folded : folded;
}

function ordered(walker) {
  const { n } = walker.space;
  if (walker.at >= n && !walker.settings.repeat) return null;
  return walker.space.global(walker.at++ % n);
}

function drawn(walker) {
  const { line, settings } = walker;
  if (!line) return null;
  const share = walker.passed / settings.seconds;
  if (share > 1 && !line.closed && !settings.repeat) return null;
  return along(line, line.closed || settings.repeat ? share % 1 : share);
}

/** The place that lies so far, from 0 to 1, along a line by its length. */
function along({ points, marks }, share) {
  const at = share * marks[marks.length - 1];
  let i = 1;
  while (i < marks.length - 1 && marks[i] < at) i++;
  if (i >= marks.length || marks[i] === marks[i - 1]) return points[Math.min(i, points.length - 1)];
  const part = (at - marks[i - 1]) / (marks[i] - marks[i - 1]);
  return points[i].map((value, axis) => points[i - 1][axis] + part * (value - points[i - 1][axis]));
}
