// A map of three dimensions on its turntable: turned about its upright axis, and tilted; seen from far away.

const QUARTER = Math.PI / 2;

/** The sides that it can be looked at from: which axes are seen, to the right and upwards. */
export const SIDES = {
  xy: { yaw: 0, pitch: 0 },
  zy: { yaw: QUARTER, pitch: 0 },
  xz: { yaw: 0, pitch: -QUARTER },
};

export class Turning {
  /**
   * @param {Float32Array} points (3n) from 0 to 1
   * @param {number} reach the width that they have at most, however they are turned
   */
  constructor(points, reach) {
    this.points = points;
    this.reach = reach;
    this.yaw = 0;
    this.pitch = 0;
  }

  /** The side that is looked at, as SIDES names it; empty between them. */
  get side() {
    const is = (a, b) => Math.abs(a - b) < 1e-6;
    const found = Object.entries(SIDES).find(([, { yaw, pitch }]) => is(yaw, this.yaw) && is(pitch, this.pitch));
    return found ? found[0] : "";
  }

  /** @param {number} yaw @param {number} pitch in radians */
  to(yaw, pitch) {
    this.yaw = Math.atan2(Math.sin(yaw), Math.cos(yaw));
    this.pitch = Math.min(QUARTER, Math.max(-QUARTER, pitch));
  }

  /** Rows: what is seen to the right, upwards, and towards the eye. @returns {number[][]} */
  get rows() {
    const [cy, sy] = [Math.cos(this.yaw), Math.sin(this.yaw)];
    const [cp, sp] = [Math.cos(this.pitch), Math.sin(this.pitch)];
    return [
      [cy, 0, sy],
      [sp * sy, cp, -sp * cy],
      [-cp * sy, sp, cp * cy],
    ];
  }

  /** Where all points are seen, (2n) from 0 to 1. */
  flat() {
    const { points, reach } = this;
    const [[a, b, c], [d, e, f]] = this.rows;
    const n = points.length / 3;
    const out = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      const [x, y, z] = [points[3 * i] - 0.5, points[3 * i + 1] - 0.5, points[3 * i + 2] - 0.5];
      out[2 * i] = 0.5 + (a * x + b * y + c * z) / reach;
      out[2 * i + 1] = 0.5 + (d * x + e * y + f * z) / reach;
    }
    return out;
  }

  /** Where a place is seen, and how near the eye. @param {number[]} place @returns {number[]} */
  seen([x, y, z]) {
    return this.rows.map(([a, b, c]) => 0.5 + (a * (x - 0.5) + b * (y - 0.5) + c * (z - 0.5)) / this.reach);
  }

  /** The place that is seen there: the opposite of `seen`. @param {number[]} seen @returns {number[]} */
  placeAt(seen) {
    const { rows, reach } = this;
    const off = seen.map((value) => (value - 0.5) * reach);
    return [0, 1, 2].map((axis) => 0.5 + rows[0][axis] * off[0] + rows[1][axis] * off[1] + rows[2][axis] * off[2]);
  }
}
