// Sound in the page: an audio context, the grain engine in it, and the corpus's sounds on their way there.

import { ENVELOPES, envelopeTable } from "./envelopes.js";
import { FIELDS, GrainEngine } from "./grain-engine.js";
import { Messages } from "./grain-messages.js";
import { SoundStore } from "./sound-store.js";

const SLOWEST = 3000; // rates that browsers are obliged to (Web Audio API, 1.1)
const FASTEST = 768000;
const SCRIPT_BLOCK = 1024;
const SYNC_MS = 10000;

/**
 * @typedef {{time?: number, sound: number, start: number, length: number, rate?: number, gain?: number,
 *            pan?: number, envelope?: number, tag?: number, id?: number}} GrainEvent
 *   As in a score: `time` a frame of the context's clock, or -1 at once; `start` in samples of the corpus,
 *   `length` in samples of the corpus that it lasts; `envelope` which of ENVELOPES.
 */

/** The page's sound. Events may be scheduled from the start on; all is silent until the page may sound. */
export class Audio {
  /** @param {import("./pack.js").Pack} pack */
  constructor(pack) {
    this.pack = pack;
    this.listeners = new Map();
    /** @type {BaseAudioContext | null} */
    this.context = null;
    /** Frames of the context for each sample of the corpus. */
    this.ratio = 1;
    this.latest = { frame: 0, peaks: [0, 0], voices: 0, pending: 0 };
    this.syncs = new Map();
    this.gain = 1;
  }

  /** @param {"tick" | "sounding" | "recorded" | "state"} name @param {(message: any) => void} hear */
  on(name, hear) {
    if (!this.listeners.has(name)) this.listeners.set(name, []);
    this.listeners.get(name).push(hear);
  }

  /**
   * Make the context and the engine; the sounds follow.
   * @param {BaseAudioContext} [context] one of its own, as an OfflineAudioContext
   */
  async open(context) {
    const wanted = Math.max(SLOWEST, Math.min(FASTEST, this.pack.rate));
    this.context = context ?? contextOf(wanted);
    this.ratio = this.context.sampleRate / this.pack.rate;
    this.post = await this._engine();
    this.post({ type: "tables", tables: ENVELOPES.map((one) => envelopeTable(one, this.pack.framing)) });
    this.post({ type: "gain", gain: this.gain });
    this.store = new SoundStore(
      this.pack.sounds,
      this.context.sampleRate,
      (number, channels) => this.post({ type: "sound", number, channels }, channels.map((line) => line.buffer)),
      (number) => this.post({ type: "drop", number }),
    );
    if (!context) this._unlock();
  }

  /** Where there is no AudioWorklet, as on a page without HTTPS, the same engine runs in the page itself. */
  async _engine() {
    const hear = (message) => this._hear(message);
    if (await hasWorklet(this.context)) {
      const node = new AudioWorkletNode(this.context, "granulate", {
        numberOfInputs: 0, outputChannelCount: [2],
      });
      node.port.onmessage = ({ data }) => hear(data);
      node.onprocessorerror = () => this._tell("state", { error: "the audio thread has failed" });
      node.connect(this.context.destination);
      this.node = node;
      this.kind = "worklet";
      return (message, transfer = []) => node.port.postMessage(message, transfer);
    }
    const engine = new GrainEngine(this.context.sampleRate);
    const messages = new Messages(engine, hear);
    const node = this.context.createScriptProcessor(SCRIPT_BLOCK, 0, 2);
    let frame = 0;
    node.onaudioprocess = ({ outputBuffer }) => {
      const [left, right] = [outputBuffer.getChannelData(0), outputBuffer.getChannelData(1)];
      engine.process(left, right, frame);
      messages.after(left, right, frame);
      frame += left.length;
    };
    node.connect(this.context.destination);
    this.node = node;
    this.kind = "script";
    return (message) => messages.receive(message);
  }

  /** Browsers let a page sound after its user has done something in it. */
  _unlock() {
    const tell = () => this._tell("state", { running: this.running });
    this.context.onstatechange = tell;
    for (const name of ["pointerdown", "pointerup", "touchend", "click", "keydown"]) {
      addEventListener(name, () => this.resume(), { capture: true, passive: true });
    }
    this.resume();
    tell();
  }

  /** Sound, if the browser lets the page. */
  resume() {
    if (this.context && this.context.state !== "running") this.context.resume().catch(() => {});
  }

  /** The engine's clock, in frames, as far as the page knows: a tick may have waited for it. */
  get now() {
    const ticked = this.latest.frame;
    return this.kind === "worklet" ? Math.max(ticked, Math.round(this.context.currentTime * this.context.sampleRate)) : ticked;
  }

  get running() {
    return this.context?.state === "running";
  }

  _hear(message) {
    if (message.type === "tick") this.latest = message;
    if (message.type === "sync") this.syncs.get(message.id)?.(true);
    this._tell(message.type, message);
  }

  _tell(name, message) {
    for (const hear of this.listeners.get(name) ?? []) hear(message);
  }

  /**
   * Play events. Those whose sound is not there yet are left out, and it is sent for.
   * @param {GrainEvent[]} events
   * @returns {boolean[]} which of them will sound
   */
  schedule(events) {
    if (!this.post) return events.map(() => false);
    const can = events.map((event) => this.store.wanted(event.sound));
    const some = events.filter((_, i) => can[i]);
    if (some.length) {
      const batch = new Float64Array(some.length * FIELDS.length);
      some.forEach((event, i) => batch.set(this._fields(event), i * FIELDS.length));
      this.post({ type: "events", batch }, [batch.buffer]);
    }
    return can;
  }

  _fields({ time = -1, sound, start, length, rate = 1, gain = 1, pan = 0, envelope = 0, tag = 0, id = 0 }) {
    const frames = Math.max(1, Math.round(length * this.ratio));
    return [time, sound, Math.round(start * this.ratio), frames, rate, gain, pan, envelope, tag, id];
  }

  /** Until the engine has heard all that was said before; false where it does not answer. */
  sync() {
    const id = this.syncs.size + 1;
    return new Promise((resolve) => {
      this.syncs.set(id, resolve);
      setTimeout(() => resolve(false), SYNC_MS);
      this.post({ type: "sync", id });
    });
  }

  /** Let go of the grains of a tag, or of all. */
  stop(tag) {
    this.post?.({ type: "stop", tag });
  }

  /** Silence at once, the server's sound too. */
  panic() {
    this.post?.({ type: "panic" });
  }

  /** @param {number} gain 1 is as recorded */
  setGain(gain) {
    this.gain = gain;
    this.post?.({ type: "gain", gain });
  }

  /** Have what is heard told in "recorded" messages, until the one whose `last` is true. */
  record(on) {
    this.post?.({ type: "record", on });
  }

  /** Be ready for sound from a server. */
  startStream(channels, rate) {
    this.post?.({ type: "stream", channels, rate });
  }

  /**
   * A portion of that sound.
   * @param {number} clock the server's sample clock at its first frame, the lowest 32 bits
   * @param {Float32Array} frames interleaved
   */
  pushStream(clock, frames) {
    this.post?.({ type: "pcm", clock, frames });
  }

  stopStream() {
    this.post?.({ type: "unstream" });
  }
}

/** Whether the context has the audio thread's module; `?script` in the page's address does without. */
async function hasWorklet(context) {
  if (!context.audioWorklet || new URLSearchParams(location.search).has("script")) return false;
  const within = document.querySelector('script[data-asset="grain-worklet.js"]');
  // A page that was opened as a file may not load worklets from Blob URLs.
  const url = within
    ? `data:text/javascript;charset=utf-8,${encodeURIComponent(within.textContent)}`
    : "/assets/grain-worklet.js";
  try {
    await context.audioWorklet.addModule(url);
    return true;
  } catch (error) {
    console.warn(`the audio thread could not be started: ${error.name}`);
    return false;
  }
}

/** A context at a rate, or, where the browser has not that, at its own. */
function contextOf(rate) {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  try {
    return new Context({ sampleRate: rate, latencyHint: "interactive" });
  } catch {
    return new Context({ latencyHint: "interactive" });
  }
}

/**
 * What events sound like, without a device: for tests, and to save a take without playing it.
 * @param {import("./pack.js").Pack} pack
 * @param {GrainEvent[]} events their times in frames from 0
 * @param {number} frames
 * @returns {Promise<AudioBuffer>}
 */
export async function rendered(pack, events, frames) {
  const rate = Math.max(SLOWEST, Math.min(FASTEST, pack.rate));
  const context = new OfflineAudioContext(2, frames, rate);
  const audio = new Audio(pack);
  await audio.open(context);
  await Promise.all([...new Set(events.map((event) => event.sound))].map((number) => audio.store.load(number)));
  audio.schedule(events);
  await audio.sync();
  return context.startRendering();
}
