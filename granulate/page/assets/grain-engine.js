// Grains that sound or are going to, overlap-added block by block: the same in an AudioWorklet and without one.
//
// A grain's sample i is read at start + i * rate (backwards for a negative rate) and weighted by its envelope
// at i / length, as `granulate` does it. Times are frames of the engine's clock.

import { JitterBuffer } from "./jitter-buffer.js";
import { Master } from "./master.js";

/** Numbers of an event in a batch, in this order. `time` -1 is at once; `tag` says what can be stopped together. */
export const FIELDS = ["time", "sound", "start", "length", "rate", "gain", "pan", "envelope", "tag", "id"];

const VOICES = 192;
const SPARE = 64; // for grains that fade out because another took their place
const PENDING = 16384;
const STOP_S = 0.05;
const STEAL_S = 0.004;
const FASTEST = 64;
const LOUDEST = 64;

/**
 * @typedef {{time: number, sound: any, start: number, length: number, rate: number, left: number, right: number,
 *            table: Float32Array, tag: number, id: number, at: number, fade: number, faded: number}} Voice
 *   `at`: samples that have sounded; `fade`: samples of a fade to silence, 0 while there is none.
 */

/** Up to VOICES grains at once, and the server's sound. */
export class GrainEngine {
  /** @param {number} rate samples a second */
  constructor(rate) {
    this.rate = rate;
    this.master = new Master(rate);
    this.stream = new JitterBuffer(rate);
    /** @type {Map<number, {left: Float32Array, right: Float32Array, mono: boolean}>} */
    this.sounds = new Map();
    /** @type {Float32Array[]} */
    this.tables = [];
    /** @type {Voice[]} the latest first, so that what is due is taken from the end */
    this.pending = [];
    /** @type {Voice[]} */
    this.voices = [];
    /** Ids of the grains that began since this was last emptied, and the frames at which they did, by turns. */
    this.began = [];
    this.counts = { refused: 0, late: 0, stolen: 0 };
  }

  /**
   * Let a number stand for a sound.
   * @param {number} number
   * @param {Float32Array[]} channels one, or left and right
   */
  setSound(number, channels) {
    const [left, right = left] = channels;
    this.sounds.set(number, { left, right, mono: channels.length === 1 });
  }

  /** Forget a sound; its grains that sound go on. */
  dropSound(number) {
    this.sounds.delete(number);
  }

  /**
   * Take events, each FIELDS.length numbers. What names no sound, or is out of range, is refused and counted.
   * @param {Float64Array} batch
   */
  schedule(batch) {
    for (let i = 0; i + FIELDS.length <= batch.length; i += FIELDS.length) {
      const voice = this._voice(batch, i);
      if (voice && this.pending.length < PENDING) this._insert(voice);
      else this.counts.refused += 1;
    }
  }

  _voice(batch, i) {
    const [time, number, start, length, rate, gain, pan, envelope, tag, id] = batch.subarray(i, i + FIELDS.length);
    const sound = this.sounds.get(number);
    const table = this.tables[envelope];
    const speed = Math.abs(rate);
    const allowed = sound && table && Number.isFinite(time + start) && length >= 1 && length <= 2 ** 31
      && speed > 0 && speed <= FASTEST && Math.abs(gain) <= LOUDEST && Math.abs(pan) <= 1;
    if (!allowed) return null;
    // Equal power, and as recorded in the middle.
    const angle = ((pan + 1) * Math.PI) / 4;
    const [left, right] = pan === 0 ? [1, 1] : [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)];
    return {
      time, sound, start: Math.round(start), length: Math.round(length), rate, left: gain * left, right: gain * right,
      table, tag, id, at: 0, fade: 0, faded: 0,
    };
  }

  _insert(voice) {
    let at = this.pending.length;
    while (at > 0 && this.pending[at - 1].time <= voice.time) at--;
    this.pending.splice(at, 0, voice);
  }

  /** Let go of what has a tag, or of all where it is undefined: what is to come is dropped, the rest fades out. */
  stop(tag, seconds = STOP_S) {
    const mine = (voice) => tag === undefined || voice.tag === tag;
    this.pending = this.pending.filter((voice) => !mine(voice));
    for (const voice of this.voices) if (mine(voice)) this._release(voice, seconds);
  }

  /** Silence, as fast as it goes without a click. */
  panic() {
    this.stop(undefined, STEAL_S);
    this.stream.stop();
  }

  _release(voice, seconds) {
    const length = Math.max(1, Math.round(seconds * this.rate));
    const left = voice.fade ? voice.fade - voice.faded : voice.length - voice.at;
    // One that ends sooner by itself does so by its envelope.
    if (left <= length || (voice.fade && voice.fade <= length)) return;
    voice.fade = length;
    voice.faded = 0;
  }

  /**
   * Overwrite a block.
   * @param {Float32Array} left
   * @param {Float32Array} right
   * @param {number} frame the clock at its first sample
   */
  process(left, right, frame) {
    left.fill(0);
    right.fill(0);
    this._begin(frame, left.length);
    let kept = 0;
    for (const voice of this.voices) {
      if (this._add(voice, left, right, frame)) this.voices[kept++] = voice;
    }
    this.voices.length = kept;
    this.stream.add(left, right);
    this.master.process(left, right);
  }

  _begin(frame, n) {
    while (this.pending.length && this.pending[this.pending.length - 1].time < frame + n) {
      const voice = this.pending.pop();
      if (voice.time < frame) {
        if (voice.time >= 0) this.counts.late += 1;
        voice.time = frame;
      }
      if (this.voices.length >= VOICES) this._steal();
      if (this.voices.length >= VOICES + SPARE) {
        this.counts.refused += 1;
        continue;
      }
      this.voices.push(voice);
      this.began.push(voice.id, voice.time);
    }
  }

  /** Fade out the grain that is nearest to its end. */
  _steal() {
    let victim = null;
    for (const voice of this.voices) {
      if (voice.fade) continue;
      if (!victim || voice.length - voice.at < victim.length - victim.at) victim = voice;
    }
    if (!victim) return;
    this._release(victim, STEAL_S);
    this.counts.stolen += 1;
  }

  /** Add a voice's part of a block; whether it goes on after it. */
  _add(voice, left, right, frame) {
    const first = Math.max(0, voice.time - frame);
    const n = Math.min(left.length - first, voice.length - voice.at);
    const { sound, table, rate } = voice;
    const speed = Math.abs(rate);
    const step = (table.length - 1) / voice.length;
    const source = sound.left;
    const other = sound.mono ? null : sound.right;
    for (let j = 0; j < n; j++) {
      const i = voice.at + j;
      const k = i * step;
      const whole = k | 0;
      let weight = table[whole];
      if (k !== whole) weight += (k - whole) * (table[whole + 1] - weight);
      if (voice.fade) {
        if (voice.faded >= voice.fade) return false;
        weight *= 0.5 + 0.5 * Math.cos((Math.PI * voice.faded++) / voice.fade);
      }
      const place = voice.start + (rate > 0 ? i : voice.length - 1 - i) * speed;
      const l = weight * readAt(source, place);
      const r = other ? weight * readAt(other, place) : l;
      left[first + j] += l * voice.left;
      right[first + j] += r * voice.right;
    }
    voice.at += n;
    return voice.at < voice.length;
  }
}

/** A sound between its samples: the cubic of four (Catmull & Rom 1974); silence lies before and after it. */
function readAt(source, place) {
  const k = Math.floor(place);
  const f = place - k;
  const n = source.length;
  if (f === 0) return k >= 0 && k < n ? source[k] : 0;
  if (k < -2 || k > n) return 0;
  const x0 = k >= 1 ? source[k - 1] : 0;
  const x1 = k >= 0 && k < n ? source[k] : 0;
  const x2 = k >= -1 && k + 1 < n ? source[k + 1] : 0;
  const x3 = k >= -2 && k + 2 < n ? source[k + 2] : 0;
  const slope = 0.5 * (x2 - x0);
  const square = x0 - 2.5 * x1 + (2 * x2 - 0.5 * x3);
  const cube = 0.5 * (x3 - x0) + 1.5 * (x1 - x2);
  return ((cube * f + square) * f + slope) * f + x1;
}
