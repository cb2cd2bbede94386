// What the page says to the grain engine, and what it hears back.
//
// In:  {type: "sound", number, channels} {type: "drop", number} {type: "tables", tables} {type: "events", batch}
//      {type: "gain", gain} {type: "stop", tag} {type: "panic"} {type: "record", on} {type: "sync", id}
//      {type: "stream", channels, rate} {type: "pcm", clock, frames} {type: "unstream"}
// Out: {type: "tick", frame, peaks, reduction, ...counts} some 60 times a second, with the grains that began;
//      {type: "sounding", frame, at} when sound follows silence; {type: "recorded", left, right, last};
//      {type: "sync", id}, when all that was said before has been heard

const TICK_S = 1 / 60;
const CHUNK = 16384;

/** The engine's end of the port. */
export class Messages {
  /**
   * @param {import("./grain-engine.js").GrainEngine} engine
   * @param {(message: any, transfer?: any[]) => void} post
   */
  constructor(engine, post) {
    this.engine = engine;
    this.post = post;
    this.silent = true;
    this.due = 0;
    /** @type {{left: Float32Array, right: Float32Array, n: number} | null} */
    this.recording = null;
  }

  receive(message) {
    const hear = HEARD[message.type];
    if (hear) hear(this, message);
  }

  /** Say what there is to say of a block that has just been made. */
  after(left, right, frame) {
    this._edge(left, right, frame);
    if (this.recording) this._record(left, right);
    const end = frame + left.length;
    // A clock that was behind, as at the very beginning, does not make up for it.
    if (end < this.due) return;
    this.due = end + TICK_S * this.engine.rate;
    this._tick(end);
  }

  _tick(frame) {
    const { master, stream, counts, began } = this.engine;
    this.engine.began = [];
    this.post({
      type: "tick", frame, began, peaks: [...master.peaks], reduction: master.reduction, nonFinite: master.nonFinite,
      voices: this.engine.voices.length, pending: this.engine.pending.length, ...counts,
      streaming: stream.channels > 0, fill: stream.fill, ...stream.counts,
    });
    master.reduction = 1;
  }

  _edge(left, right, frame) {
    let first = -1;
    for (let i = 0; i < left.length && first < 0; i++) if (left[i] !== 0 || right[i] !== 0) first = i;
    if (this.silent && first >= 0) this.post({ type: "sounding", frame: frame + first, at: Date.now() });
    this.silent = first < 0;
  }

  _record(left, right) {
    const chunk = this.recording;
    chunk.left.set(left, chunk.n);
    chunk.right.set(right, chunk.n);
    chunk.n += left.length;
    if (chunk.n + left.length > CHUNK) this.flush(false);
  }

  /** Hand over what has been recorded; `last`: and record no more. */
  flush(last) {
    const { left, right, n } = this.recording ?? { left: new Float32Array(0), right: new Float32Array(0), n: 0 };
    this.recording = last ? null : { left: new Float32Array(CHUNK), right: new Float32Array(CHUNK), n: 0 };
    const parts = [left.slice(0, n), right.slice(0, n)];
    this.post({ type: "recorded", left: parts[0], right: parts[1], last }, parts.map((part) => part.buffer));
  }
}

const HEARD = {
  sound: ({ engine }, { number, channels }) => engine.setSound(number, channels),
  drop: ({ engine }, { number }) => engine.dropSound(number),
  tables: ({ engine }, { tables }) => (engine.tables = tables),
  events: ({ engine }, { batch }) => engine.schedule(batch),
  gain: ({ engine }, { gain }) => engine.master.setGain(gain),
  stop: ({ engine }, { tag }) => engine.stop(tag),
  panic: ({ engine }) => engine.panic(),
  record: (messages, { on }) => {
    if (on && !messages.recording) {
      messages.recording = { left: new Float32Array(CHUNK), right: new Float32Array(CHUNK), n: 0 };
    } else if (!on && messages.recording) {
      messages.flush(true);
    }
  },
  sync: ({ post }, { id }) => post({ type: "sync", id }),
  stream: ({ engine }, { channels, rate }) => engine.stream.start(channels, rate),
  pcm: ({ engine }, { clock, frames }) => engine.stream.push(clock, frames),
  unstream: ({ engine }) => engine.stream.stop(),
};
