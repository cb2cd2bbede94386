// Grains near a place of the map, of all or of some that are selected.

import { buildIndex } from "./spatial.js";

/** Points that can be asked for those nearest to a place. */
export class Neighbours {
  /**
   * @param {Float32Array} points of the whole map, x and y by turns
   * @param {Uint32Array} [members] those of them that count; all, where that is missing or empty
   */
  constructor(points, members) {
    this.members = members?.length ? members : null;
    this.points = this.members ? taken(points, this.members) : points;
    this.index = buildIndex(this.points);
    this.n = this.points.length / 2;
  }

  /** The number on the whole map of the i-th point here. */
  global(i) {
    return this.members ? this.members[i] : i;
  }

  /**
   * The nearest points, by distance; fewer where there are not as many.
   * @param {number} x @param {number} y @param {number} count
   * @returns {number[]} their numbers on the whole map
   */
  nearest(x, y, count) {
    const { side } = this.index;
    const wanted = Math.min(count, this.n);
    const cx = Math.min(side - 1, Math.max(0, Math.floor(x * side)));
    const cy = Math.min(side - 1, Math.max(0, Math.floor(y * side)));
    /** @type {[number, number][]} distance and point, ascending */
    const found = [];
    for (let ring = 0; ring < side; ring++) {
      // A place beyond the map is no nearer to any ring than the cell at the edge is.
      const safe = (ring - 1) / side;
      if (found.length === wanted && ring > 0 && safe * safe > found[wanted - 1][0]) break;
      for (let row = cy - ring; row <= cy + ring; row++) {
        const edge = row === cy - ring || row === cy + ring;
        for (let column = cx - ring; column <= cx + ring; column += edge || ring === 0 ? 1 : 2 * ring) {
          this._look(column, row, x, y, wanted, found);
        }
      }
    }
    return found.map(([, i]) => this.global(i));
  }

  _look(column, row, x, y, wanted, found) {
    const { side, starts, order } = this.index;
    if (column < 0 || row < 0 || column >= side || row >= side) return;
    for (let k = starts[row * side + column]; k < starts[row * side + column + 1]; k++) {
      const i = order[k];
      const distance = (this.points[2 * i] - x) ** 2 + (this.points[2 * i + 1] - y) ** 2;
      if (found.length === wanted && distance >= found[wanted - 1][0]) continue;
      let at = found.length;
      while (at > 0 && found[at - 1][0] > distance) at--;
      found.splice(at, 0, [distance, i]);
      if (found.length > wanted) found.pop();
    }
  }
}

function taken(points, members) {
  const some = new Float32Array(2 * members.length);
  members.forEach((i, k) => {
    some[2 * k] = points[2 * i];
    some[2 * k + 1] = points[2 * i + 1];
  });
  return some;
}
