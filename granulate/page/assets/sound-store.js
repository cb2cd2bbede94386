// Sounds on their way from the pack to the audio thread: fetched, decoded, handed over, each once.

const MOST_BYTES = 768 * 2 ** 20; // of decoded sound that is kept at a time
const AT_ONCE = 3;

/** Decodes sounds when they are first wanted, and forgets those that were wanted longest ago. */
export class SoundStore {
  /**
   * @param {import("./pack.js").PackedSound[]} sounds
   * @param {number} rate at which they are wanted, samples a second
   * @param {(number: number, channels: Float32Array[]) => void} deliver
   * @param {(number: number) => void} drop
   */
  constructor(sounds, rate, deliver, drop) {
    this.sounds = sounds;
    this.rate = rate;
    this.deliver = deliver;
    this.drop = drop;
    /** @type {Map<number, number>} bytes of each sound that is ready, the least recently wanted first */
    this.ready = new Map();
    /** @type {Map<number, Promise<boolean>>} */
    this.coming = new Map();
    /** @type {Set<number>} those that could not be had */
    this.broken = new Set();
    this.bytes = 0;
    this.waiting = [];
    this.busy = 0;
  }

  /** Whether a sound can be played at once; one that cannot is sent for. */
  wanted(number) {
    const size = this.ready.get(number);
    if (size === undefined) {
      this.load(number);
      return false;
    }
    this.ready.delete(number);
    this.ready.set(number, size);
    return true;
  }

  /**
   * Have a sound ready. Several at a time, the one that was asked for last first.
   * @param {number} number
   * @returns {Promise<boolean>} whether it is
   */
  load(number) {
    if (this.ready.has(number)) return Promise.resolve(true);
    if (this.broken.has(number) || !this.sounds[number]) return Promise.resolve(false);
    if (!this.coming.has(number)) {
      const promise = new Promise((resolve) => this.waiting.push({ number, resolve }));
      this.coming.set(number, promise);
      this._next();
    }
    return this.coming.get(number);
  }

  /** Have as many sounds ready as are kept, one after another. */
  async loadAll() {
    let size = 0;
    for (let number = 0; number < this.sounds.length; number++) {
      const { samples, channels } = this.sounds[number];
      size += 4 * samples * Math.min(2, channels);
      if (size > MOST_BYTES) return;
      await this.load(number);
    }
  }

  _next() {
    while (this.busy < AT_ONCE && this.waiting.length) {
      const { number, resolve } = this.waiting.pop();
      this.busy += 1;
      this._fetch(number)
        .catch((error) => {
          console.warn(`${this.sounds[number].name}: ${error.message}`);
          this.broken.add(number);
          return false;
        })
        .then((done) => {
          this.busy -= 1;
          this.coming.delete(number);
          resolve(done);
          this._next();
        });
    }
  }

  async _fetch(number) {
    const sound = this.sounds[number];
    // An offline context decodes to its own rate: where that is the sound's, samples stay what they are.
    const decoder = new OfflineAudioContext(1, 1, this.rate);
    const decoded = await decoder.decodeAudioData(await sound.bytes());
    const channels = folded(Array.from({ length: decoded.numberOfChannels }, (_, c) => decoded.getChannelData(c)));
    if (sound.gain !== 1) for (const line of channels) for (let i = 0; i < line.length; i++) line[i] *= sound.gain;
    const size = channels.reduce((sum, line) => sum + line.byteLength, 0);
    this.deliver(number, channels);
    this.ready.set(number, size);
    this.bytes += size;
    this._forget();
    return true;
  }

  _forget() {
    for (const [number, size] of this.ready) {
      if (this.bytes <= MOST_BYTES || this.ready.size === 1) return;
      this.ready.delete(number);
      this.bytes -= size;
      this.drop(number);
    }
  }
}

/** One channel or two: of more, every other one on either side. Copies, which may be given away. */
function folded(lines) {
  if (lines.length <= 2) return lines.map((line) => line.slice());
  return [0, 1].map((side) => {
    const mine = lines.filter((_, c) => c % 2 === side);
    return mine[0].map((_, i) => mine.reduce((sum, line) => sum + line[i], 0) / mine.length);
  });
}
