// The line to the server: it comes again by itself when it was cut, and never lets unsent messages pile up.

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 2000;
const MOST_BUFFERED = 1 << 18; // bytes that wait to be sent, beyond which moves are left out
const MOST_TEXT = 60_000; // what the server takes is 64 KiB
const SOUNDING = 1;
const AUDIO = 2;
const SELECTION = 3;
const LABELS = 4;
const LABELLING = 5;

/**
 * @typedef {{message: (message: any) => void, sounding: (grains: Uint32Array) => void,
 *            audio: (clock: number, frames: Float32Array, channels: number) => void,
 *            selection: (grains: Uint32Array) => void, labels: (labels: {names: string[], of: Int32Array}) => void,
 *            state: (state: "open" | "waiting" | "stranger") => void}} Listener
 */

/** @param {Listener} listener */
export function openSocket(listener) {
  return new Line(listener);
}

class Line {
  constructor(listener) {
    this.listener = listener;
    this.wait = FIRST_WAIT_MS;
    /** @type {Map<string, any[]>} newest values that are set with the next frame */
    this.moves = new Map();
    this.asked = 0;
    this.connect();
    // A laptop that wakes up need not wait for its turn.
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = 0;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/socket`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.wait = FIRST_WAIT_MS;
      this.listener.state("open");
    };
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.listener.message(JSON.parse(data)) : this.bytes(data));
    socket.onclose = () => this.again(socket);
  }

  async again(socket) {
    if (socket !== this.socket || this.timer) return;
    this.moves.clear();
    this.timer = setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST_WAIT_MS, 2 * this.wait);
    this.listener.state((await refused()) ? "stranger" : "waiting");
  }

  /** Try at once, where it is waited for. */
  now() {
    if (!this.timer) return;
    this.wait = FIRST_WAIT_MS;
    this.connect();
  }

  get open() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** @param {object} message @returns {boolean} whether it went off */
  send(message) {
    if (!this.open) return false;
    this.flush();
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Set a parameter; of one that moves quickly only the newest value of a frame is sent. */
  set(section, parameter, value) {
    this.moves.set(`${section}.${parameter}`, [section, parameter, value]);
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      if (this.open && this.socket.bufferedAmount < MOST_BUFFERED) this.flush();
    });
  }

  flush() {
    for (const set of this.moves.values()) this.socket.send(JSON.stringify({ set }));
    this.moves.clear();
  }

  /** @param {number[][]} points @param {boolean} closed */
  gesture(points, closed) {
    // To five digits, and thinned out, it always fits.
    let some = points.map((place) => place.map((value) => Number(Math.min(1, Math.max(0, value)).toFixed(5))));
    while (JSON.stringify(some).length > MOST_TEXT) some = some.filter((_, i) => i % 2 === 0);
    return this.send({ gesture: some, closed });
  }

  /** @param {Uint32Array} grains @param {number} n of so many */
  select(grains, n) {
    return this._sendBits(SELECTION, grains, n, "");
  }

  /** @param {Uint32Array} grains @param {number} n of so many @param {string} label "" takes theirs away */
  label(grains, n, label) {
    return this._sendBits(LABELLING, grains, n, label);
  }

  _sendBits(kind, grains, n, text) {
    if (!this.open) return false;
    const name = new TextEncoder().encode(text);
    const size = 8 + Math.ceil(n / 8);
    const data = new Uint8Array(size + name.length);
    data[0] = kind;
    new DataView(data.buffer).setUint32(4, n, true);
    for (const grain of grains) data[8 + (grain >> 3)] |= 1 << (grain & 7);
    data.set(name, size);
    this.flush();
    this.socket.send(data);
    return true;
  }

  /** @param {ArrayBuffer} data */
  bytes(data) {
    const head = new Uint8Array(data, 0, 4);
    if (head[0] === SOUNDING) this.listener.sounding(new Uint32Array(data, 4));
    if (head[0] === AUDIO) this.listener.audio(new DataView(data).getUint32(4, true), new Float32Array(data, 8), head[1]);
    if (head[0] === SELECTION) this.listener.selection(selected(data));
    if (head[0] === LABELS) this.listener.labels(labelled(data));
  }
}

/** @param {ArrayBuffer} data */
function selected(data) {
  const n = new DataView(data).getUint32(4, true);
  const bits = new Uint8Array(data, 8);
  const found = [];
  for (let i = 0; i < n; i++) if (bits[i >> 3] & (1 << (i & 7))) found.push(i);
  return Uint32Array.from(found);
}

/** @param {ArrayBuffer} data */
function labelled(data) {
  const n = new DataView(data).getUint32(4, true);
  const names = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8 + 2 * n)));
  return { names, of: Int32Array.from(new Uint16Array(data, 8, n), (at) => (at < names.length ? at : -1)) };
}

/** Whether there is a server, and it does not know this page: it was started anew, with another token. */
async function refused() {
  try {
    return (await fetch("/parameters.json", { method: "HEAD", credentials: "same-origin" })).status === 403;
  } catch {
    return false;
  }
}
