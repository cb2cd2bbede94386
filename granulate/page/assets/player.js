// From grains to events: what the pointer, the keys and the walks play, at their times.

import { envelopeNumber } from "./envelopes.js";
import { generator } from "./spatial.js";
import { Walker } from "./walks.js";

const AHEAD_S = 0.12; // so far before they sound events are sent to the audio thread,
const MOST_AHEAD_S = 0.6; // and at most, where the page is so busy that they came too late
const SOON_S = 0.03; // from the start of a walk to its first grain
const JOIN_S = 0.005; // by which segments overlap that follow one another
const SOONEST_S = 0.0005; // between two events
const MOST_A_TICK = 512;
const MOST_WAITING = 1 << 15;
const MISSED_MS = 600; // for which a touch that could not sound at once still does

/** What can be stopped together. */
export const TAGS = { hover: 1, pick: 2, walk: 3 };

/** What the panel's controls begin with; see `panel-play.js` for what they are. */
export function defaults(pack) {
  const grid = onGrid(pack);
  return {
    mode: "walk", density: grid ? pack.rate / pack.framing.hop : 8, follow: !grid, length: 0, transpose: 0, pan: 0,
    envelope: "auto", spread: 8, step: 0.03, rest: 32, seconds: 10, repeat: true, seed: 0, hover: true,
    time_jitter: 0, start_jitter: 0, pitch_jitter: 0, length_jitter: 0, pan_jitter: 0, gain_jitter: 0, backwards: 0,
  };
}

/** Whether the points are grains of a framing's window, which overlap, and not segments or whole sounds. */
export function onGrid(pack) {
  return pack.of === "grains" && Boolean(pack.framing) && pack.length.every((n) => n === pack.framing.window);
}

/** Plays points of a pack through an `Audio`. */
export class Player {
  /**
   * @param {import("./pack.js").Pack} pack
   * @param {import("./audio.js").Audio} audio
   * @param {(indices: number[]) => void} played told of the points that begin to sound
   */
  constructor(pack, audio, played) {
    this.pack = pack;
    this.audio = audio;
    this.grid = onGrid(pack);
    this.settings = defaults(pack);
    this.walker = new Walker(pack.points3 ?? pack.points, this.settings, pack.points3 ? 3 : 2);
    this.playing = false;
    this.due = 0; // frame of the next event
    this.gap = 0; // seconds between the one before and that
    this.ahead = AHEAD_S;
    this.late = 0; // events that came too late so far
    this.random = generator(1);
    /** @type {{index: number, tag: number, at: number} | null} */
    this.missed = null;
    this.id = 0;
    /** @type {Map<number, {index: number, event: any}>} events that have not begun */
    this.waiting = new Map();
    /** @type {(event: any, index: number, frame: number) => void} */
    this.onBegan = () => {};
    this.onStopped = () => {};
    this.played = played;
    audio.on("tick", (tick) => this._tick(tick));
    audio.on("state", () => this.retouch());
  }

  /** Walk over points that lie elsewhere, as on a grid. @param {Float32Array} points @param {number} axes */
  setPoints(points, axes) {
    Object.assign(this.walker, { points, axes });
    this.walker.select(this.walker.space.members);
    this.walker.place = this.walker.placeOf(this.walker.grain);
  }

  /** Play one point now; what was played so before is let go, if it is long. */
  touch(index, tag) {
    if (!(index >= 0 && index < this.pack.n)) return;
    this.missed = null;
    if (!this.grid) this.audio.stop(tag);
    const event = this._event(index, -1, tag);
    event.envelope = this._envelope(this.grid ? "window, once" : "soft edges");
    // Until the page may sound, touches would only pile up.
    if (this.audio.running && this._send([{ index, event }])[0]) return;
    this.missed = { index, tag, at: performance.now() };
    this.audio.resume();
    this.audio.store?.load(event.sound).then(() => this.retouch());
  }

  /** Play the last point that was touched, if it could not sound then and that is not long ago. */
  retouch() {
    const { missed } = this;
    if (!missed || !this.audio.running || performance.now() - missed.at > MISSED_MS) return;
    if (this.audio.store.wanted(this.pack.sound[missed.index])) this.touch(missed.index, missed.tag);
  }

  /** @param {number} [from] the grain to begin with */
  start(from) {
    this.audio.resume();
    this.walker.restart(from);
    this.random = generator(this.settings.seed + 1);
    this.due = 0;
    this.gap = 0;
    this.ahead = AHEAD_S;
    this.playing = true;
  }

  /** End the walk; its grains fade out. */
  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.audio.stop(TAGS.walk);
    this.onStopped();
  }

  panic() {
    this.stop();
    this.audio.panic();
  }

  _tick(tick) {
    const began = [];
    for (let i = 0; i < tick.began.length; i += 2) {
      const found = this.waiting.get(tick.began[i]);
      if (!found) continue;
      this.waiting.delete(tick.began[i]);
      began.push(found.index);
      this.onBegan(found.event, found.index, tick.began[i + 1]);
    }
    if (began.length) this.played(began);
    if (tick.late > this.late && this.playing) this.ahead = Math.min(MOST_AHEAD_S, 1.3 * this.ahead);
    this.late = tick.late;
    if (this.playing) this._walk(this.audio.now);
  }

  _walk(frame) {
    const { rate } = this.pack;
    const until = frame + this.ahead * this.audio.context.sampleRate;
    // After a pause, as of a page that was hidden, it goes on from now.
    if (this.due < frame) this.due = frame + SOON_S * this.audio.context.sampleRate;
    const ready = [];
    for (let n = 0; this.due < until && n < MOST_A_TICK && this.playing; n++) {
      const index = this.walker.next(this.gap);
      const waits = index < 0;
      if (waits && this.settings.mode !== "pointer") {
        // It is through; what it has still to play sounds to its end.
        this.playing = false;
        this.onStopped();
        break;
      }
      const event = waits ? null : this._event(index, this.due, TAGS.walk, this.random);
      this.gap = this._interval(event) / rate;
      if (event) {
        event.envelope = this._envelope(this._walking());
        event.gain *= this._level(event);
        event.time = Math.round(this.due + event.delay * this.audio.ratio);
        ready.push({ index, event });
      }
      this.due += this.gap * this.audio.context.sampleRate;
    }
    this._send(ready);
  }

  _send(list) {
    for (const one of list) {
      one.event.id = ++this.id;
      this.waiting.set(this.id, one);
    }
    const will = this.audio.schedule(list.map(({ event }) => event));
    will.forEach((yes, i) => {
      if (!yes) this.waiting.delete(list[i].event.id);
    });
    while (this.waiting.size > MOST_WAITING) this.waiting.delete(this.waiting.keys().next().value);
    return will;
  }

  /** A point as an event. Chance is drawn whether it is used or not, so that moving one control moves one thing. */
  _event(index, time, tag, random = Math.random) {
    const s = this.settings;
    const either = () => 2 * random() - 1;
    const [late, long, begin, pitch, loud, side, back] = [
      random(), either(), either(), either(), random(), either(), random(),
    ];
    const { rate, sound, onset, length } = this.pack;
    const cut = length[index];
    const speed = 2 ** ((s.transpose + s.pitch_jitter * pitch) / 12);
    const asked = s.length ? (s.length / 1000) * rate : this.grid ? cut : cut / speed;
    const lasts = Math.max(1, Math.round(asked * (1 + s.length_jitter * long)));
    // A grain of the framing's grid is a place in its recording, around which it may sound shorter or longer.
    const middle = this.grid ? (cut - lasts * speed) / 2 : 0;
    const start = Math.round(onset[index] + middle + (s.start_jitter / 1000) * rate * begin);
    const end = this.pack.sounds[sound[index]].samples;
    return {
      time, tag, sound: sound[index], length: lasts,
      start: Math.max(-Math.floor(lasts * speed), Math.min(end, start)),
      rate: back < s.backwards ? -speed : speed,
      gain: 10 ** ((-s.gain_jitter * loud) / 20),
      pan: Math.max(-1, Math.min(1, s.pan + s.pan_jitter * side)),
      delay: s.time_jitter * late * (rate / s.density),
    };
  }

  /** Samples of the corpus from one event of the walk to the next. */
  _interval(event) {
    const { rate } = this.pack;
    const even = rate / this.settings.density;
    const apart = this.settings.follow && event ? event.length - JOIN_S * rate : even;
    return Math.max(SOONEST_S * rate, apart);
  }

  /** Whether grains of the walk add up to what was recorded where they follow one another. */
  _addsUp() {
    const s = this.settings;
    const hop = this.pack.framing?.hop;
    return this.grid && !s.length && !s.follow && Math.abs(this.pack.rate / s.density - hop) < 0.5;
  }

  _walking() {
    if (this._addsUp()) return "window, adding up";
    return this.settings.follow ? "soft edges" : "Hann";
  }

  _envelope(auto) {
    return envelopeNumber(this.settings.envelope === "auto" ? auto : this.settings.envelope);
  }

  /** Grains that overlap add up in power: a denser cloud is not a louder one. */
  _level(event) {
    if (this._addsUp() || this.settings.follow) return 1;
    const overlap = (event.length * this.settings.density) / this.pack.rate;
    return 1 / Math.sqrt(Math.max(1, 0.375 * overlap));
  }
}
