// Points drawn by WebGL2.

const VERTEX = `#version 300 es
in vec2 from;
in vec2 to;
in vec4 colour;
uniform vec2 middle;
uniform vec2 scale;
uniform float share;
uniform float size;
out vec4 shade;
void main() {
  vec2 place = mix(from, to, share);
  gl_Position = vec4((place - middle) * scale, 0.0, 1.0);
  gl_PointSize = size;
  shade = colour;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 shade;
uniform float size;
out vec4 drawn;
void main() {
  float cover = 1.0;
  // Small dots are squares: round ones would look the same, and cost more.
  if (size > 3.0) {
    float radius = length(gl_PointCoord - 0.5) * size;
    cover = clamp(0.5 * size - radius, 0.0, 1.0);
  }
  float alpha = shade.a * cover;
  drawn = vec4(shade.rgb * alpha, alpha);
}`;

/**
 * A renderer on a canvas, or null where there is no WebGL2.
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} restored called when a lost context has come back and all is to be drawn again
 */
export function createGlPoints(canvas, restored) {
  const options = {
    alpha: true, antialias: false, depth: false, stencil: false, powerPreference: "low-power",
    preserveDrawingBuffer: true, // a frame may add to the one before
  };
  const gl = canvas.getContext("webgl2", options);
  if (!gl) return null;
  const renderer = new GlPoints(gl);
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    renderer.prepare();
    restored();
  });
  return renderer;
}

class GlPoints {
  constructor(gl) {
    this.gl = gl;
    this.kind = "webgl2";
    this.prepare();
  }

  /** Program and buffers; again when the context was lost. */
  prepare() {
    const gl = this.gl;
    const program = linked(gl);
    gl.useProgram(program);
    this.at = {};
    for (const name of ["middle", "scale", "share", "size"]) this.at[name] = gl.getUniformLocation(program, name);
    this.buffers = {};
    this.places = {};
    for (const [name, size, type] of [["from", 2, gl.FLOAT], ["to", 2, gl.FLOAT], ["colour", 4, gl.UNSIGNED_BYTE]]) {
      const place = gl.getAttribLocation(program, name);
      this.places[name] = place;
      this.buffers[name] = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, size, type, type === gl.UNSIGNED_BYTE, 0, 0);
    }
    this.lists = {};
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
  }

  /** Where points move from and to, (2n) each. */
  setPoints(from, to) {
    const gl = this.gl;
    this.fill("from", from);
    if (to !== from) this.fill("to", to);
    // Points that rest are handed over once.
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[to === from ? "from" : "to"]);
    gl.vertexAttribPointer(this.places.to, 2, gl.FLOAT, false, 0, 0);
  }

  /** Red, green, blue and opacity of each point, (4n). */
  setColours(colours) {
    this.fill("colour", colours);
  }

  /** A list of points that can be drawn, by a name. @param {Uint32Array} indices */
  setList(name, indices) {
    const gl = this.gl;
    this.lists[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.lists[name]);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, indices, gl.DYNAMIC_DRAW);
  }

  /**
   * Draw a part of a list, over what is drawn unless it is the first.
   * @param {{camera: any, share: number, size: number, ratio: number, list: string, first: number, count: number}} frame
   *   `size` in pixels of CSS, `ratio` of the screen's to those, `share` from 0 at `from` to 1 at `to`
   */
  draw({ camera, share, size, ratio, list, first, count }) {
    const gl = this.gl;
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    if (!first) gl.clear(gl.COLOR_BUFFER_BIT);
    if (!count || !this.lists[list]) return;
    gl.uniform2f(this.at.middle, camera.x, camera.y);
    gl.uniform2f(this.at.scale, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(this.at.share, share);
    gl.uniform1f(this.at.size, Math.max(1, size * ratio));
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.lists[list]);
    gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 4 * first);
  }

  fill(name, values) {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  }
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
