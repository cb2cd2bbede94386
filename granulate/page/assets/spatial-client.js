// The page's side of the spatial worker: questions as promises, and the pointer's own answered at once.
import { startWorker } from "./assets.js";
import { nearest, spatialTasks } from "./spatial.js";

/** Where workers are not allowed, as in some sandboxes, the page does the work itself. */
function withoutWorker() {
  const tasks = spatialTasks();
  return async (task, given) => tasks[task](given);
}

function withWorker() {
  const worker = startWorker("spatial-worker.js");
  /** @type {Map<number, {give: (result: any) => void, fail: (error: Error) => void}>} */
  const waiting = new Map();
  let last = 0;
  let broken = null;
  worker.onmessage = ({ data }) => {
    const { give, fail } = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.error) fail(new Error(data.error));
    else give(data.result);
  };
  worker.onerror = (event) => {
    broken = new Error(event.message || "the worker could not start");
    for (const { fail } of waiting.values()) fail(broken);
    waiting.clear();
  };
  return (task, given) =>
    new Promise((give, fail) => {
      if (broken) return fail(broken);
      const number = ++last;
      waiting.set(number, { give, fail });
      worker.postMessage({ number, task, ...given });
      return undefined;
    });
}

export class SpatialClient {
  constructor() {
    /** @type {Map<string, {points: Float32Array, index: any}>} */
    this.layouts = new Map();
    this.plain = withoutWorker();
    try {
      this.ask = withWorker();
    } catch {
      this.ask = this.plain;
    }
  }

  /** Index the points of a layout. @param {string} layout @param {Float32Array} points */
  async add(layout, points) {
    let index;
    try {
      index = await this.ask("index", { layout, points });
    } catch {
      this.ask = this.plain;
      index = await this.ask("index", { layout, points });
    }
    this.layouts.set(layout, { points, index });
  }

  /** Find nothing until layouts are indexed again: they have changed. */
  forget() {
    this.layouts.clear();
  }

  /** Whether a layout has been indexed. @param {string} layout */
  has(layout) {
    return this.layouts.has(layout);
  }

  /** The nearest point within a radius of the map's units, or -1; at once. */
  nearest(layout, x, y, radius) {
    const found = this.layouts.get(layout);
    return found ? nearest(found.index, found.points, x, y, radius) : -1;
  }

  /** @returns {Promise<Uint32Array>} */
  levels(layout) {
    return this.ask("levels", { layout });
  }

  /** @returns {Promise<Float32Array>} */
  grid(layout) {
    return this.ask("grid", { layout });
  }

  /** @returns {Promise<Uint32Array>} */
  rect(layout, rect) {
    return this.ask("rect", { layout, rect });
  }

  /** @param {number[][]} polygon @returns {Promise<Uint32Array>} */
  polygon(layout, polygon) {
    return this.ask("polygon", { layout, polygon });
  }
}
