// Grains near a place of the map, of two or three axes; of all or of some that are selected.

const POINTS_A_CELL = 2;
const MOST_CELLS = { 2: 1024, 3: 128 }; // a side

/** Points that can be asked for those nearest to a place. */
export class Neighbours {
  /**
   * @param {Float32Array} points of the whole map, a point's coordinates one after the other
   * @param {number} axes two or three
   * @param {Uint32Array} [members] those of them that count; all, where that is missing or empty
   */
  constructor(points, axes, members) {
    this.members = members?.length ? members : null;
    this.points = this.members ? taken(points, axes, this.members) : points;
    this.axes = axes;
    this.n = this.points.length / axes;
    this._cells = null;
  }

  /** The number on the whole map of the i-th point here. */
  global(i) {
    return this.members ? this.members[i] : i;
  }

  /** Which points lie in which cell. Worked out when it is first wanted: of very many points it takes a while. */
  get cells() {
    this._cells ??= inCells(this.points, this.axes);
    return this._cells;
  }

  /**
   * The nearest points, by distance; fewer where there are not as many.
   * @param {number[]} place
   * @param {number} count
   * @returns {number[]} their numbers on the whole map
   */
  nearest(place, count) {
    const { side } = this.cells;
    const wanted = Math.min(count, this.n);
    const middle = place.map((value) => cellOf(value, side));
    /** @type {[number, number][]} distance and point, ascending */
    const found = [];
    for (let ring = 0; ring < side; ring++) {
      // A place beyond the map is no nearer to any ring than the cell at the edge is.
      const safe = (ring - 1) / side;
      if (found.length === wanted && ring > 0 && safe * safe > found[wanted - 1][0]) break;
      this._ring(middle, ring, (cell) => this._look(cell, place, wanted, found));
    }
    return found.map(([, i]) => this.global(i));
  }

  /** Cells so many cells away from the middle, along the axis along which they are furthest. */
  _ring([cx, cy, cz], ring, look) {
    const { side } = this.cells;
    const [first, last] = this.axes === 3 ? [cz - ring, cz + ring] : [0, 0];
    for (let layer = first; layer <= last; layer++) {
      const cap = this.axes === 3 && (layer === first || layer === last);
      for (let row = cy - ring; row <= cy + ring; row++) {
        const edge = cap || row === cy - ring || row === cy + ring;
        for (let column = cx - ring; column <= cx + ring; column += edge || ring === 0 ? 1 : 2 * ring) {
          if (column < 0 || row < 0 || layer < 0 || column >= side || row >= side || layer >= side) continue;
          look((layer * side + row) * side + column);
        }
      }
    }
  }

  _look(cell, place, wanted, found) {
    const { starts, order } = this.cells;
    const { points, axes } = this;
    for (let k = starts[cell]; k < starts[cell + 1]; k++) {
      const i = order[k];
      let distance = 0;
      for (let axis = 0; axis < axes; axis++) distance += (points[axes * i + axis] - place[axis]) ** 2;
      if (found.length === wanted && distance >= found[wanted - 1][0]) continue;
      let at = found.length;
      while (at > 0 && found[at - 1][0] > distance) at--;
      found.splice(at, 0, [distance, i]);
      if (found.length > wanted) found.pop();
    }
  }
}

const cellOf = (value, side) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));

/** Points by cell: `order` lists them, `starts` says where each cell's begin; `side` cells along each axis. */
function inCells(points, axes) {
  const n = points.length / axes;
  const side = Math.min(MOST_CELLS[axes], Math.max(1, Math.ceil((n / POINTS_A_CELL) ** (1 / axes))));
  const starts = new Uint32Array(side ** axes + 1);
  const cells = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    for (let axis = axes - 1; axis >= 0; axis--) cells[i] = cells[i] * side + cellOf(points[axes * i + axis], side);
    starts[cells[i] + 1]++;
  }
  for (let c = 1; c < starts.length; c++) starts[c] += starts[c - 1];
  const next = starts.slice(0, -1);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[next[cells[i]]++] = i;
  return { side, starts, order };
}

function taken(points, axes, members) {
  const some = new Float32Array(axes * members.length);
  members.forEach((i, k) => some.set(points.subarray(axes * i, axes * i + axes), axes * k));
  return some;
}
