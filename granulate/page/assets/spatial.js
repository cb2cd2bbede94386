// Which points are where: a uniform grid of cells, and questions that it answers. Used in the worker and the page.

const POINTS_A_CELL = 2;
const MOST_CELLS = 1024; // a side
const SHAPE_LEVELS = 8;

/**
 * @typedef {{side: number, starts: Uint32Array, order: Uint32Array}} Index
 *   Cells are side x side over 0..1; `order` lists points by cell, `starts` (side * side + 1) where each begins.
 */

const cellOf = (value, side) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));

/**
 * @param {Float32Array} points x and y by turns
 * @returns {Index}
 */
export function buildIndex(points) {
  const n = points.length / 2;
  const side = Math.min(MOST_CELLS, Math.max(1, Math.ceil(Math.sqrt(n / POINTS_A_CELL))));
  const cells = new Uint32Array(n);
  const starts = new Uint32Array(side * side + 1);
  for (let i = 0; i < n; i++) {
    cells[i] = cellOf(points[2 * i + 1], side) * side + cellOf(points[2 * i], side);
    starts[cells[i] + 1]++;
  }
  for (let c = 0; c < side * side; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, -1);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[next[cells[i]]++] = i;
  return { side, starts, order };
}

/**
 * The point nearest to x, y and no farther than `radius`; -1 where there is none.
 * @param {Index} index
 * @param {Float32Array} points
 */
export function nearest(index, points, x, y, radius) {
  const { side, starts, order } = index;
  const cx = Math.floor(x * side);
  const cy = Math.floor(y * side);
  const reach = Math.min(2 * side, Math.ceil(radius * side) + 1);
  let best = -1;
  let least = radius * radius;
  const look = (column, row) => {
    if (column < 0 || row < 0 || column >= side || row >= side) return;
    const cell = row * side + column;
    for (let k = starts[cell]; k < starts[cell + 1]; k++) {
      const i = order[k];
      const distance = (points[2 * i] - x) ** 2 + (points[2 * i + 1] - y) ** 2;
      if (distance < least || (distance === least && i > best)) {
        least = distance;
        best = i;
      }
    }
  };
  for (let ring = 0; ring <= reach; ring++) {
    // Cells of this ring are at least ring - 1 cells away.
    if (best >= 0 && ((ring - 1) / side) ** 2 > least) break;
    for (let d = -ring; d <= ring; d++) {
      look(cx + d, cy - ring);
      if (ring) look(cx + d, cy + ring);
      if (d > -ring && d < ring) {
        look(cx - ring, cy + d);
        look(cx + ring, cy + d);
      }
    }
  }
  return best;
}

/** Points within a rectangle, by cells. @returns {Uint32Array} */
export function inRect(index, points, x0, y0, x1, y1) {
  return gathered(index, points, [x0, y0, x1, y1], () => true);
}

/** Points within a polygon [[x, y], ...], by the even-odd rule. @returns {Uint32Array} */
export function inPolygon(index, points, polygon) {
  if (polygon.length < 3) return new Uint32Array(0);
  const xs = polygon.map((p) => p[0]);
  const ys = polygon.map((p) => p[1]);
  const box = [least(xs), least(ys), most(xs), most(ys)];
  return gathered(index, points, box, (x, y) => within(polygon, x, y));
}

const least = (values) => values.reduce((a, b) => Math.min(a, b));
const most = (values) => values.reduce((a, b) => Math.max(a, b));

function within(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function gathered(index, points, [x0, y0, x1, y1], wanted) {
  const { side, starts, order } = index;
  const [left, right] = [cellOf(x0, side), cellOf(x1, side)];
  const [bottom, top] = [cellOf(y0, side), cellOf(y1, side)];
  let room = 0;
  for (let row = bottom; row <= top; row++) room += starts[row * side + right + 1] - starts[row * side + left];
  const found = new Uint32Array(room);
  let n = 0;
  for (let row = bottom; row <= top; row++) {
    for (let k = starts[row * side + left]; k < starts[row * side + right + 1]; k++) {
      const i = order[k];
      const x = points[2 * i];
      const y = points[2 * i + 1];
      if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && wanted(x, y)) found[n++] = i;
    }
  }
  return found.slice(0, n);
}

/**
 * All points in an order whose every beginning shows the map: first one of each cell of coarse and ever finer
 * grids, so that the shape is there and no outlier is lost, then the rest by chance, so that density is.
 * @param {Float32Array} points
 * @returns {Uint32Array}
 */
export function levelsOfDetail(points) {
  const n = points.length / 2;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const random = generator(1);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const level = new Uint8Array(n).fill(SHAPE_LEVELS + 1);
  for (let depth = 0; depth <= SHAPE_LEVELS; depth++) {
    const side = 2 ** depth;
    const taken = new Uint8Array(side * side);
    for (const i of order) {
      const cell = cellOf(points[2 * i + 1], side) * side + cellOf(points[2 * i], side);
      if (taken[cell]) continue;
      taken[cell] = 1;
      if (level[i] > depth) level[i] = depth;
    }
  }
  // Sorted by level, and by chance within one: the places at which the points of each level begin are counted.
  const starts = new Uint32Array(SHAPE_LEVELS + 3);
  for (let i = 0; i < n; i++) starts[level[i] + 1]++;
  for (let depth = 0; depth <= SHAPE_LEVELS + 1; depth++) starts[depth + 1] += starts[depth];
  const sorted = new Uint32Array(n);
  for (const i of order) sorted[starts[level[i]]++] = i;
  return sorted;
}

/**
 * A place of its own for each point, in a square: columns by x, and in each column by y, so that neighbours
 * stay near one another.
 * @param {Float32Array} points
 * @returns {Float32Array}
 */
export function gridLayout(points) {
  const n = points.length / 2;
  const columns = Math.max(1, Math.ceil(Math.sqrt(n)));
  const rows = Math.ceil(n / columns);
  const places = new Float32Array(2 * n);
  const byX = new Uint32Array(n);
  for (let i = 0; i < n; i++) byX[i] = i;
  byX.sort((a, b) => points[2 * a] - points[2 * b] || a - b);
  for (let column = 0; column * rows < n; column++) {
    const mine = byX.subarray(column * rows, Math.min(n, (column + 1) * rows));
    mine.sort((a, b) => points[2 * a + 1] - points[2 * b + 1] || a - b);
    mine.forEach((i, row) => {
      places[2 * i] = (column + 0.5) / columns;
      places[2 * i + 1] = (row + 0.5 + (rows - mine.length) / 2) / rows;
    });
  }
  return places;
}

/**
 * The nearest point in a direction from another, those straight ahead first; -1 where there is none.
 * @param {Float32Array} points
 */
export function towards(points, from, dx, dy) {
  const [x, y] = [points[2 * from], points[2 * from + 1]];
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < points.length / 2; i++) {
    const ahead = (points[2 * i] - x) * dx + (points[2 * i + 1] - y) * dy;
    const aside = Math.abs((points[2 * i] - x) * dy - (points[2 * i + 1] - y) * dx);
    if (ahead <= 0 || aside > ahead) continue;
    const cost = ahead + 2 * aside;
    if (cost < least) [best, least] = [i, cost];
  }
  return best;
}

/** Numbers from 0 to 1 from a seed (mulberry32, by Tommy Ettinger). @returns {() => number} */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the worker does, by name, over the layouts that it has been given. */
export function spatialTasks() {
  /** @type {Map<string, {points: Float32Array, index: Index}>} */
  const layouts = new Map();
  return {
    /** Index a layout's points; the index goes to the page, too, whose pointer must not wait for an answer. */
    index({ layout, points }) {
      const index = buildIndex(points);
      layouts.set(layout, { points, index });
      return index;
    },
    levels: ({ layout }) => levelsOfDetail(layouts.get(layout).points),
    grid: ({ layout }) => gridLayout(layouts.get(layout).points),
    rect({ layout, rect }) {
      const { points, index } = layouts.get(layout);
      return inRect(index, points, ...rect);
    },
    polygon({ layout, polygon }) {
      const { points, index } = layouts.get(layout);
      return inPolygon(index, points, polygon);
    },
  };
}
