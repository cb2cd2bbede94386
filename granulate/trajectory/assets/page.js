"use strict";
// A trajectory on a canvas, turned by the pointer; a point on it is where the sound is.
(() => {
  const MOST_LINES = 6000; // drawn at once: more cannot be told apart, and turn slowly
  const SIGHT = 3.2; // from the eye to the middle of the cube, in widths of it
  const FLOOR = -0.04;
  const GRID = 6;
  const PAPER = [12, 14, 19];
  const INK = [232, 234, 240];
  const TURN = 6; // degrees a second
  const SHADES = 96;
  const NEAR = 14; // pixels from the pointer to a place that is meant
  // Plasma's colours from its fourth part on, between which the others lie.
  const COLOURS = [
    [90, 1, 165], [135, 7, 166], [171, 35, 149], [203, 70, 121], [229, 107, 93], [248, 148, 65], [253, 195, 40],
    [240, 249, 33],
  ];

  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const audio = byId("sound");
  const view = byId("view");
  const slider = byId("time");
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);

  const whole = { points: floats(data.points), times: floats(data.times), breaks: new Set(data.breaks) };
  const course = { points: floats(data.course), times: floats(data.clock), breaks: new Set(data.jumps) };
  const state = { azimuth: -60, elevation: 22, zoom: 1, dragged: null, moved: 0, drawn: 0, turned: performance.now() };
  const lines = linesOf(whole);
  const courseLines = linesOf(course);
  let stale = true;

  /** The rows of a path that lines are drawn from and to: pairs, of which none spans a break. */
  function linesOf(path) {
    const n = path.times.length;
    const every = Math.max(1, Math.ceil(n / MOST_LINES));
    const found = [];
    for (let from = 0; from < n - 1; from += every) {
      const to = Math.min(n - 1, from + every);
      let broken = false;
      for (let i = from; i < to; i++) broken ||= path.breaks.has(i);
      if (!broken) found.push(from, to);
    }
    return Int32Array.from(found);
  }

  function camera() {
    const turn = (state.azimuth * Math.PI) / 180;
    const lift = (state.elevation * Math.PI) / 180;
    const towards = [Math.cos(lift) * Math.cos(turn), Math.cos(lift) * Math.sin(turn), Math.sin(lift)];
    const across = [-Math.sin(turn), Math.cos(turn), 0];
    const up = [
      towards[1] * across[2] - towards[2] * across[1],
      towards[2] * across[0] - towards[0] * across[2],
      towards[0] * across[1] - towards[1] * across[0],
    ];
    const scale = (state.zoom * Math.min(view.height, view.width * 0.75)) / 1.84;
    const dot = (a, x, y, z) => a[0] * x + a[1] * y + a[2] * z;
    // Across and down in pixels, and how near it is, 1 in the middle of the cube.
    return (x, y, z) => {
      const [a, b, c] = [x - 0.5, y - 0.5, z - 0.5];
      const near = SIGHT / (SIGHT - dot(towards, a, b, c));
      return [
        view.width / 2 + scale * near * dot(across, a, b, c),
        view.height * 0.455 - scale * near * dot(up, a, b, c),
        near,
      ];
    };
  }

  function colourOf(part, strength) {
    const at = Math.min(COLOURS.length - 1.001, Math.max(0, part * (COLOURS.length - 1)));
    const low = COLOURS[Math.floor(at)];
    const high = COLOURS[Math.floor(at) + 1];
    const mixed = low.map((c, i) => c + (at % 1) * (high[i] - c));
    return css(mixed, strength);
  }

  const css = (colour, strength) =>
    `rgb(${colour.map((c, i) => Math.round(PAPER[i] + strength * (c - PAPER[i]))).join(" ")})`;

  const depthOf = (near) => Math.min(1, Math.max(0, (near - 0.8) / 0.45));

  function drawPath(context, see, path, pairs, width, dim, end, grey) {
    const seen = new Float32Array(pairs.length * 3);
    for (let i = 0; i < pairs.length; i++) {
      const at = 3 * pairs[i];
      seen.set(see(path.points[at], path.points[at + 1], path.points[at + 2]), 3 * i);
    }
    // What is furthest is drawn first.
    const order = Array.from({ length: pairs.length / 2 }, (_, i) => i);
    order.sort((a, b) => seen[6 * a + 2] - seen[6 * b + 2]);
    context.lineCap = "round";
    for (const i of order) {
      const depth = depthOf((seen[6 * i + 2] + seen[6 * i + 5]) / 2);
      const part = Math.round((path.times[pairs[2 * i]] / end) * SHADES) / SHADES;
      const strength = (0.28 + 0.72 * depth) * dim;
      context.strokeStyle = grey ? css(INK, strength) : colourOf(part, strength);
      context.lineWidth = width * (0.6 + 0.9 * depth);
      context.beginPath();
      context.moveTo(seen[6 * i], seen[6 * i + 1]);
      context.lineTo(seen[6 * i + 3], seen[6 * i + 4]);
      context.stroke();
    }
  }

  function drawFloor(context, see, pixel) {
    context.strokeStyle = css(INK, 0.12);
    context.lineWidth = 0.8 * pixel;
    context.beginPath();
    for (let i = 0; i <= GRID; i++) {
      for (const [from, to] of [[[i / GRID, 0], [i / GRID, 1]], [[0, i / GRID], [1, i / GRID]]]) {
        const [x0, y0] = see(...from, FLOOR);
        const [x1, y1] = see(...to, FLOOR);
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
      }
    }
    context.stroke();
    context.strokeStyle = css(INK, 0.15);
    context.beginPath();
    for (let i = 0; i < lines.length; i += 2) {
      const [a, b] = [3 * lines[i], 3 * lines[i + 1]];
      const [x0, y0] = see(whole.points[a], whole.points[a + 1], FLOOR);
      const [x1, y1] = see(whole.points[b], whole.points[b + 1], FLOOR);
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  }

  /** The row of the course that is played at a time: the last that has begun. */
  function rowAt(seconds) {
    let [low, high] = [0, course.times.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (course.times[middle] <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  function placeAt(seconds) {
    const row = rowAt(seconds);
    const next = Math.min(course.times.length - 1, row + 1);
    const gap = course.times[next] - course.times[row];
    let part = gap > 0 ? Math.min(1, Math.max(0, (seconds - course.times[row]) / gap)) : 0;
    if (course.breaks.has(row)) part = Math.floor(part);
    return [0, 1, 2].map((i) => {
      const from = course.points[3 * row + i];
      return from + part * (course.points[3 * next + i] - from);
    });
  }

  function drawPoint(context, see, pixel, end) {
    const now = audio.currentTime;
    const length = Number(byId("tail").value);
    let last = see(...placeAt(now));
    const head = last;
    for (let row = rowAt(now); row >= 0 && now - course.times[row] < length; row--) {
      const at = 3 * row;
      const seen = see(course.points[at], course.points[at + 1], course.points[at + 2]);
      const light = 1 - (now - course.times[row]) / length;
      if (!course.breaks.has(row)) {
        context.globalAlpha = light ** 0.7;
        context.strokeStyle = colourOf(course.times[row] / end, 1);
        context.lineWidth = pixel * seen[2] * (1 + 3.2 * light);
        context.beginPath();
        context.moveTo(last[0], last[1]);
        context.lineTo(seen[0], seen[1]);
        context.stroke();
      }
      last = seen;
    }
    context.fillStyle = "#fff";
    for (const [radius, alpha] of [[13, 0.1], [7, 0.25], [3.6, 1]]) {
      context.globalAlpha = alpha;
      context.beginPath();
      context.arc(head[0], head[1], radius * pixel * head[2], 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    view.dataset.x = head[0] / pixel;
    view.dataset.y = head[1] / pixel;
  }

  function draw() {
    const pixel = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [Math.round(innerWidth * pixel), Math.round(innerHeight * pixel)];
    if (view.width !== width || view.height !== height) Object.assign(view, { width, height });
    const context = view.getContext("2d");
    context.fillStyle = css(PAPER, 1);
    context.fillRect(0, 0, width, height);
    const see = camera();
    const end = whole.times.at(-1) || 1;
    const courseEnd = course.times.at(-1) || 1;
    drawFloor(context, see, pixel);
    drawPath(context, see, whole, lines, 1.1 * pixel, data.isForecast ? 0.4 : 0.85, end, data.isForecast);
    if (data.isForecast) drawPath(context, see, course, courseLines, 1.6 * pixel, 0.9, courseEnd, false);
    drawPoint(context, see, pixel, data.isForecast ? courseEnd : end);
  }

  function clockText(seconds) {
    return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
  }

  function frame(now) {
    const playing = !audio.paused && !audio.ended;
    if (playing && byId("turning").checked && !state.dragged) {
      state.azimuth += (TURN * Math.min(100, now - state.turned)) / 1000;
    }
    state.turned = now;
    if (playing || stale) {
      stale = false;
      draw();
      if (document.activeElement !== slider || playing) slider.value = audio.currentTime;
      byId("clock").textContent = clockText(audio.currentTime);
    }
    requestAnimationFrame(frame);
  }

  function seek(seconds) {
    audio.currentTime = Math.min(audio.duration || 0, Math.max(0, seconds));
    stale = true;
  }

  function toggle() {
    if (audio.paused) audio.play();
    else audio.pause();
  }

  /** Go to the moment whose place is nearest to a click, where one is near. */
  function hear(x, y) {
    const pixel = Math.min(2, devicePixelRatio || 1);
    const see = camera();
    let [best, found] = [NEAR * pixel, -1];
    for (let i = 0; i < course.times.length; i++) {
      const [a, b] = see(...course.points.subarray(3 * i, 3 * i + 3));
      const far = Math.hypot(a - x * pixel, b - y * pixel);
      if (far < best) [best, found] = [far, i];
    }
    if (found >= 0) seek(course.times[found]);
  }

  function nearer(factor) {
    state.zoom = Math.min(12, Math.max(0.4, state.zoom * factor));
    stale = true;
  }

  function turn(right, up) {
    state.azimuth -= right;
    state.elevation = Math.min(90, Math.max(-90, state.elevation + up));
    stale = true;
  }

  view.addEventListener("pointerdown", (event) => {
    view.setPointerCapture(event.pointerId);
    view.classList.add("turning");
    Object.assign(state, { dragged: [event.clientX, event.clientY], moved: 0 });
  });
  view.addEventListener("pointermove", (event) => {
    if (!state.dragged) return;
    const [right, down] = [event.clientX - state.dragged[0], event.clientY - state.dragged[1]];
    state.moved += Math.abs(right) + Math.abs(down);
    state.dragged = [event.clientX, event.clientY];
    turn(0.4 * right, 0.4 * down);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    view.addEventListener(kind, (event) => {
      if (kind === "pointerup" && state.dragged && state.moved < 4) hear(event.clientX, event.clientY);
      view.classList.remove("turning");
      state.dragged = null;
    });
  }
  view.addEventListener("wheel", (event) => {
    event.preventDefault();
    nearer(Math.exp(-event.deltaY / 600));
  }, { passive: false });
  view.addEventListener("dblclick", () => {
    Object.assign(state, { azimuth: -60, elevation: 22, zoom: 1 });
    stale = true;
  });
  addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => turn(-5, 0), ArrowRight: () => turn(5, 0), ArrowUp: () => turn(0, 5),
      ArrowDown: () => turn(0, -5), "+": () => nearer(1.15), "-": () => nearer(1 / 1.15), " ": toggle,
    };
    const own = event.target instanceof HTMLInputElement || event.target instanceof HTMLButtonElement;
    if (!own && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  byId("play").addEventListener("click", toggle);
  slider.addEventListener("input", () => seek(Number(slider.value)));
  byId("tail").addEventListener("input", () => (stale = true));
  addEventListener("resize", () => (stale = true));
  for (const kind of ["play", "pause", "ended"]) {
    audio.addEventListener(kind, () => {
      const playing = !audio.paused && !audio.ended;
      byId("play").textContent = playing ? "Pause" : "Play";
      byId("play").setAttribute("aria-pressed", String(playing));
      stale = true;
    });
  }
  audio.addEventListener("seeked", () => (stale = true));
  audio.addEventListener("loadedmetadata", () => {
    slider.max = audio.duration;
    stale = true;
  });
  // As a Blob it can be played from anywhere; within a data URL browsers look from the beginning.
  const flac = Uint8Array.from(atob(byId("flac").textContent), (c) => c.charCodeAt(0));
  audio.src = URL.createObjectURL(new Blob([flac], { type: "audio/flac" }));
  byId("flac").remove();
  requestAnimationFrame(frame);
})();
