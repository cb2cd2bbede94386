// What all sound passes through last: a gain that moves smoothly, a guard, a limiter and a meter.

const RECOVERY_S = 0.15;
const RAMP_S = 0.02;
const METER_FALL_S = 0.3;
/** 96 dB above full scale: what is beyond is no sound, and would have the limiter silence what follows. */
const ABSURD = 65536;

/** The last stage. Nothing that leaves it is beyond full scale or not finite. */
export class Master {
  /** @param {number} rate samples a second */
  constructor(rate) {
    this.recovery = 1 - Math.exp(-1 / (RECOVERY_S * rate));
    this.rampLength = Math.max(1, Math.round(RAMP_S * rate));
    this.fall = Math.exp(-1 / (METER_FALL_S * rate));
    this.gain = 1;
    this.target = 1;
    this.step = 0;
    this.limit = 1;
    /** The least gain of the limiter since it was last asked for. */
    this.reduction = 1;
    /** Samples that were no sound and became silence. */
    this.nonFinite = 0;
    this.peaks = [0, 0];
  }

  /** Go to a gain from here, in a straight line. */
  setGain(gain) {
    if (!(gain >= 0 && gain <= 16)) return;
    this.target = gain;
    this.step = (gain - this.gain) / this.rampLength;
  }

  /**
   * Treat a block in place.
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  process(left, right) {
    for (let i = 0; i < left.length; i++) {
      if (this.step !== 0) {
        this.gain += this.step;
        if ((this.step > 0) === (this.gain >= this.target)) this._arrive();
      }
      left[i] = this._guarded(left[i] * this.gain);
      right[i] = this._guarded(right[i] * this.gain);
      this._limit(left, right, i);
    }
    this._meter(0, left);
    this._meter(1, right);
  }

  _arrive() {
    this.gain = this.target;
    this.step = 0;
  }

  _guarded(x) {
    if (Math.abs(x) <= ABSURD) return x;
    this.nonFinite += 1;
    return 0;
  }

  /** Never delayed: the gain falls at once to what a sample needs, and comes back slowly. */
  _limit(left, right, i) {
    const loudest = Math.max(Math.abs(left[i]), Math.abs(right[i]));
    if (this.limit < 1) {
      this.limit += (1 - this.limit) * this.recovery;
      if (this.limit > 1 - 1e-6) this.limit = 1;
    }
    if (loudest * this.limit > 1) this.limit = 1 / loudest;
    if (this.limit < 1) {
      left[i] = Math.max(-1, Math.min(1, left[i] * this.limit));
      right[i] = Math.max(-1, Math.min(1, right[i] * this.limit));
      this.reduction = Math.min(this.reduction, this.limit);
    }
  }

  _meter(channel, block) {
    let peak = this.peaks[channel] * this.fall ** block.length;
    for (let i = 0; i < block.length; i++) peak = Math.max(peak, Math.abs(block[i]));
    this.peaks[channel] = peak < 1e-7 ? 0 : peak;
  }
}
