// How large and how clear points are drawn, by how many there are and how close they are looked at.

const LARGEST_DOT = 16;
const THIN = 60_000; // points above which each is drawn a little clear, so that density shows

/** Pixels (of CSS) across a point: fewer and closer ones are larger. @param {number} n @param {any} camera */
export function dotSize(n, camera) {
  const base = Math.min(11, Math.max(1.4, 1.1 + 300 / Math.sqrt(n + 300)));
  const room = Math.min(1.25, Math.max(0.7, camera.whole / 700));
  return Math.min(LARGEST_DOT, base * room * Math.max(0.6, camera.zoom ** 0.45));
}

/** From 0 to 1. @param {number} n */
export function opacity(n) {
  return n > THIN ? Math.max(0.45, Math.sqrt(THIN / n)) : 1;
}
