// What was played, to be kept: as a score that `granulate render` renders again, and as a WAV file.

import { ENVELOPES, asChoice } from "./envelopes.js";

const MOST_EVENTS = 200_000;
const MOST_WAV_BYTES = 2 ** 30;
const BYTES = 3; // a sample

/** The events that sounded. */
export class Take {
  /** @param {import("./pack.js").Pack} pack @param {import("./audio.js").Audio} audio */
  constructor(pack, audio) {
    this.pack = pack;
    this.audio = audio;
    /** @type {{event: any, index: number, frame: number}[]} */
    this.events = [];
  }

  /** Keep one; of very many, the newest. */
  add(event, index, frame) {
    this.events.push({ event, index, frame });
    if (this.events.length > 1.25 * MOST_EVENTS) this.events.splice(0, this.events.length - MOST_EVENTS);
  }

  clear() {
    this.events = [];
  }

  /** Why there can be no score: one line; nothing where there can. */
  get obstacle() {
    if (!this.events.length) return "nothing has been played";
    const used = this._used().map((number) => this.pack.sounds[number]);
    return used.some((sound) => !sound.sha256) ? "the sounds of this page are in no files" : "";
  }

  /** How many samples the file of a sound has, at the rate of the map. */
  samplesOf(number) {
    const { samples, rate } = fileOf(this.pack.sounds[number]);
    return atRate(samples, rate, this.pack.rate);
  }

  _used() {
    return [...new Set(this.events.map(({ event }) => event.sound))].sort((a, b) => a - b);
  }

  /** The score ("granulate-score/1"), which is to lie where its sounds do. */
  score(gain = 1) {
    const { pack } = this;
    const events = this.events.slice().sort((a, b) => a.frame - b.frame);
    const used = this._used();
    const place = new Map(used.map((number, k) => [number, k]));
    const kinds = [...new Set(events.map(({ event }) => event.envelope))].sort((a, b) => a - b);
    const column = (of) => events.map(of);
    const times = column(({ frame }) => Math.round((frame - events[0].frame) / this.audio.ratio));
    const ends = events.map(({ event }, i) => times[i] + event.length);
    // All sounds of a score are brought to one number of channels.
    const channels = used.reduce((most, number) => Math.max(most, fileOf(pack.sounds[number]).channels), 1);
    const wide = channels > 2;
    return {
      format: "granulate-score/1",
      sample_rate: pack.rate,
      samples: ends.reduce((a, b) => Math.max(a, b)),
      sounds: used.map((number) => {
        const { name, sha256 } = pack.sounds[number];
        return { path: name, sha256, channels, samples: this.samplesOf(number) };
      }),
      framing: pack.framing ?? { n_fft: 2048, window: 2048, hop: 512, shape: "hann" },
      spectrum: [],
      phase: { kind: "keep" },
      output: { limit: true },
      seed: 0,
      envelopes: kinds.map((number) => asChoice(ENVELOPES[number])),
      interpolation: "cubic",
      events: {
        time: times,
        sound: column(({ event }) => place.get(event.sound)),
        start: column(({ event }) => event.start),
        length: column(({ event }) => event.length),
        rate: column(({ event }) => Math.fround(event.rate)),
        gain: column(({ event }) => Math.fround(event.gain * gain)),
        pan: column(({ event }) => (wide ? 0 : Math.fround(event.pan))),
        envelope: column(({ event }) => kinds.indexOf(event.envelope)),
      },
    };
  }
}

/** What is known of the file that a sound is of, of which the page may have the beginning only. */
const fileOf = (sound) => sound.file ?? sound;

/** How many samples there are at another rate, as soxr has it. */
function atRate(samples, from, to) {
  return from === to ? samples : Math.max(1, Math.round((samples * to) / from));
}

/** What is heard, as a stereo WAV file of 24 bits. */
export class Recorder {
  /** @param {import("./audio.js").Audio} audio @param {(wav: Blob) => void} done */
  constructor(audio, done) {
    this.audio = audio;
    this.done = done;
    this.on = false;
    this.parts = [];
    this.bytes = 0;
    audio.on("recorded", (message) => this._take(message));
  }

  get seconds() {
    return this.bytes / (2 * BYTES * this.audio.context.sampleRate);
  }

  start() {
    this.parts = [];
    this.bytes = 0;
    this.on = true;
    this.audio.record(true);
  }

  stop() {
    this.on = false;
    this.audio.record(false);
  }

  _take({ left, right, last }) {
    if (left.length) {
      const packed = packed24(left, right);
      this.bytes += packed.byteLength;
      // As blobs, which the browser may keep elsewhere than in memory.
      this.parts.push(new Blob([packed]));
    }
    if (this.on && this.bytes > MOST_WAV_BYTES) this.stop();
    if (!last) return;
    this.on = false;
    const head = wavHead(this.bytes, this.audio.context.sampleRate);
    this.done(new Blob([head, ...this.parts], { type: "audio/wav" }));
    this.parts = [];
  }
}

/** @returns {Uint8Array} two channels by turns, three bytes each, the lowest first */
function packed24(left, right) {
  const bytes = new Uint8Array(2 * BYTES * left.length);
  let at = 0;
  for (let i = 0; i < left.length; i++) {
    for (const x of [left[i], right[i]]) {
      const value = Math.max(-8388608, Math.min(8388607, Math.round(x * 8388608)));
      bytes[at++] = value & 255;
      bytes[at++] = (value >> 8) & 255;
      bytes[at++] = (value >> 16) & 255;
    }
  }
  return bytes;
}

function wavHead(bytes, rate) {
  const view = new DataView(new ArrayBuffer(44));
  const text = (at, value) => [...value].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * BYTES * rate, true);
  view.setUint16(32, 2 * BYTES, true);
  view.setUint16(34, 8 * BYTES, true);
  text(36, "data");
  view.setUint32(40, bytes, true);
  return view;
}
