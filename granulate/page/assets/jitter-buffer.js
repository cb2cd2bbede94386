// Sound that comes from the server in uneven portions, and is heard as one even stream.
//
// So much is kept in hand as covers the unevenness; too little or too much in hand moves the reading speed by a
// small part, so that two clocks that drift apart stay together; what is lost is silence, and is counted.

const TARGET_S = 0.08;
const MOST_TARGET_S = 0.5;
const ROOM_S = 4;
const FADE = 96;
const SLACK = 0.5; // by which part of the target the store may be off before the speed moves
const PULL = 0.004; // and by how much at most it moves
const SMOOTH_S = 0.5;

/** A store of stereo frames that is filled by `push` and read by `add`. */
export class JitterBuffer {
  /** @param {number} rate samples a second at which it is read */
  constructor(rate) {
    this.rate = rate;
    /** Times that it ran dry; frames that never came; times that it was too full and skipped. */
    this.counts = { underruns: 0, lost: 0, skips: 0 };
    this.channels = 0;
  }

  /** @param {number} channels of what comes @param {number} rate samples a second of what comes */
  start(channels, rate) {
    this.channels = channels;
    this.base = rate / this.rate;
    this.sourceRate = rate;
    this.size = Math.ceil(ROOM_S * rate);
    this.left = new Float32Array(this.size);
    this.right = new Float32Array(this.size);
    this.target = TARGET_S * rate;
    this._empty();
  }

  _empty() {
    this.written = 0;
    this.read = 0;
    this.average = this.target;
    this.playing = false;
    this.faded = 0; // frames since it plays
    this.ending = 0; // frames left of a fade to silence, of so many:
    this.fading = FADE;
    this.jump = false; // whether it is to go on near the newest after the fade
    this.clock = null;
  }

  /** Fade out, and take nothing until it is started again. */
  stop() {
    if (!this.channels) return;
    this.channels = 0;
    this._end(this.playing ? FADE : 0);
  }

  _end(n) {
    this.ending = n;
    this.fading = n;
  }

  /** Frames in hand. */
  get fill() {
    return this.channels ? this.written - this.read : 0;
  }

  /**
   * @param {number} clock the server's sample clock at the first frame, its lowest 32 bits
   * @param {Float32Array} frames interleaved
   */
  push(clock, frames) {
    if (!this.channels) return;
    const n = Math.floor(frames.length / this.channels);
    let skipped = 0;
    if (this.clock !== null) {
      const gap = (clock - this.clock) | 0;
      if (gap < 0 && -gap < n) skipped = -gap; // some of it is here already
      else if (gap > 0 && gap < this.sourceRate) this._silence(gap);
      else if (gap !== 0) this._empty(); // another clock: the server began again
    }
    for (let i = skipped; i < n; i++) this._write(frames, i * this.channels);
    this.clock = (clock + n) >>> 0;
    const most = Math.max(4 * this.target, this.target + 0.5 * this.sourceRate);
    if (this.fill > Math.min(most, this.size - this.sourceRate)) this._skip();
    if (this.fill > this.size - this.sourceRate / 4) this._land(); // nobody reads: it must not run over
  }

  _silence(n) {
    this.counts.lost += n;
    for (let i = 0; i < n; i++) this._put(0, 0);
  }

  _write(frames, at) {
    if (this.channels === 1) {
      this._put(frames[at], frames[at]);
      return;
    }
    // More than two are folded: every other one to either side.
    let left = 0;
    let right = 0;
    for (let c = 0; c < this.channels; c++) {
      if (c % 2) right += frames[at + c];
      else left += frames[at + c];
    }
    this._put(left / Math.ceil(this.channels / 2), right / Math.floor(this.channels / 2));
  }

  _put(left, right) {
    const at = this.written % this.size;
    this.left[at] = left;
    this.right[at] = right;
    this.written += 1;
  }

  /** Drop the oldest: softly, if it is heard. */
  _skip() {
    if (this.jump) return;
    this.counts.skips += 1;
    this.jump = true;
    if (!this.playing) this._land();
    else if (!this.ending) this._end(FADE);
  }

  _land() {
    this.read = Math.max(this.read, this.written - Math.round(this.target));
    this.average = this.target;
    this.jump = false;
  }

  /** Add the stream to a block. */
  add(left, right) {
    const n = left.length;
    if (!this.channels && !this.ending) return;
    if (!this.playing) {
      if (!this.channels || this.fill < this.target) return;
      this.playing = true;
      this.faded = 0;
    }
    const speed = this._speed(n);
    const available = Math.floor((this.written - 3 - this.read) / speed);
    // Before it is dry there is enough left to fade out by.
    if (!this.ending && available < n + FADE) {
      this.counts.underruns += 1;
      this.target = Math.min(MOST_TARGET_S * this.sourceRate, 1.5 * this.target);
      this._end(Math.max(1, Math.min(FADE, available, n)));
    }
    for (let i = 0; i < n; i++) {
      if (!this._step(left, right, i, speed)) return;
    }
  }

  _step(left, right, i, speed) {
    let gain = this.faded < FADE ? ++this.faded / FADE : 1;
    if (this.ending) {
      gain *= --this.ending / this.fading;
      if (!this.ending) {
        this.playing = false;
        if (this.jump) this._land();
        return false;
      }
    }
    left[i] += gain * this._at(this.left);
    right[i] += gain * this._at(this.right);
    this.read += speed;
    return true;
  }

  /** How fast it is read: at the rate that it comes with, unless the store runs low or over. */
  _speed(n) {
    this.average += (this.fill - this.average) * Math.min(1, n / (SMOOTH_S * this.rate));
    const off = (this.average - this.target) / this.target;
    const beyond = Math.sign(off) * Math.max(0, Math.abs(off) - SLACK);
    return this.base * (1 + Math.max(-PULL, Math.min(PULL, beyond * PULL)));
  }

  _at(line) {
    const k = Math.floor(this.read);
    const f = this.read - k;
    const here = line[k % this.size];
    return f ? here + f * (line[(k + 1) % this.size] - here) : here;
  }
}
