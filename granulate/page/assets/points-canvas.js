// Points drawn on a 2-D canvas, where there is no WebGL2: the same as by that, more slowly.

/** @param {HTMLCanvasElement} canvas */
export function createCanvasPoints(canvas) {
  return new CanvasPoints(canvas.getContext("2d"));
}

class CanvasPoints {
  constructor(context) {
    this.context = context;
    this.kind = "canvas";
    this.lists = {};
    this.styles = new Map();
  }

  setPoints(from, to) {
    this.from = from;
    this.to = to;
  }

  setColours(colours) {
    this.colours = new Uint32Array(colours.buffer, colours.byteOffset, colours.length / 4);
    this.bytes = colours;
  }

  setList(name, indices) {
    this.lists[name] = indices;
  }

  draw({ camera, share, size, ratio, list, first, count }) {
    const { context, from, to } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (!first) context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    const indices = this.lists[list];
    if (!count || !indices) return;
    const across = Math.max(1, size * ratio);
    const scale = camera.scale * ratio;
    const [left, bottom, right, top] = camera.rect(0.02);
    let last = -1;
    for (let k = first; k < first + count; k++) {
      const i = indices[k];
      const x = from[2 * i] + (to[2 * i] - from[2 * i]) * share;
      const y = from[2 * i + 1] + (to[2 * i + 1] - from[2 * i + 1]) * share;
      if (x < left || x > right || y < bottom || y > top) continue;
      if (this.colours[i] !== last) {
        last = this.colours[i];
        context.fillStyle = this.style(i);
      }
      const sx = context.canvas.width / 2 + (x - camera.x) * scale;
      const sy = context.canvas.height / 2 - (y - camera.y) * scale;
      if (across <= 3) {
        context.fillRect(sx - across / 2, sy - across / 2, across, across);
      } else {
        context.beginPath();
        context.arc(sx, sy, across / 2, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }

  style(i) {
    const key = this.colours[i];
    if (!this.styles.has(key)) {
      const [r, g, b, a] = this.bytes.subarray(4 * i, 4 * i + 4);
      this.styles.set(key, `rgba(${r}, ${g}, ${b}, ${a / 255})`);
    }
    return this.styles.get(key);
  }
}
