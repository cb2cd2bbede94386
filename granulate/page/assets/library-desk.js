// What a page asks of the library behind it; without a server, what the page can do by itself.

import { envelopeNumber } from "./envelopes.js";
import { bitsOf, labelsIn, likest, relabelled, sharesOf } from "./library-data.js";
import { openSocket } from "./socket.js";
import { Take } from "./take.js";

const MOST_POLLS_FAILED = 5;
const POLL_MS = 500;

/** @typedef {{names: string[], of: ArrayLike<number>}} Labels */

/** A page that is one file: labels stay in it, and likeness is judged by what it shows. */
export class Alone {
  constructor(pack) {
    this.pack = pack;
    this.served = false;
    this.labels = labelsIn(pack, "label");
  }

  async state() {
    return { labels: this.labels, training: { state: "idle" }, exports: false };
  }

  /** Labels that other pages give come by themselves. @param {(state: any) => void} _changed */
  follow(_changed) {}

  async label(indices, label) {
    this.labels = relabelled(this.labels, indices, label);
    return this.state();
  }

  async similar(index, n) {
    return likest(this.pack, index, n);
  }

  async score(indices) {
    return this.scoreNow(indices);
  }

  /** The points one after another, whole sounds as their files have them; grains a hop apart. Throws where they are in no files. */
  scoreNow(indices) {
    const { pack } = this;
    const take = new Take(pack, { ratio: 1 });
    const hop = pack.of === "grains" ? pack.framing?.hop : 0;
    let frame = 0;
    for (const index of indices) {
      const length = pack.of === "sounds" ? take.samplesOf(pack.sound[index]) : pack.length[index];
      const event = {
        sound: pack.sound[index], start: Math.round(pack.onset[index]), length, rate: 1, gain: 1, pan: 0,
        envelope: envelopeNumber(hop ? "window, adding up" : "soft edges"),
      };
      take.add(event, index, frame);
      frame += hop || length;
    }
    if (take.obstacle) throw new Error(take.obstacle);
    return JSON.stringify(take.score());
  }
}

/** A page of a live map: all of them have the same labels. */
export class Shared extends Alone {
  constructor(pack, hub, line) {
    super(pack);
    this.hub = hub;
    this.line = line;
  }

  async label(indices, label) {
    if (!this.line.label(indices, this.pack.n, label)) throw new Error("the server does not answer");
    // What counts is what the server tells all pages.
    this.labels = relabelled(this.labels, indices, label);
    return this.state();
  }

  follow(changed) {
    this.hub.on("labels", async (labels) => {
      this.labels = labels;
      changed(await this.state());
    });
  }
}

/** A page with the server that `granulate.web.library` makes. */
export class Served {
  constructor(pack) {
    this.pack = pack;
    this.served = true;
  }

  async state() {
    return asked("/library/state");
  }

  /** Be told of labels that other pages give. @param {(state: any) => void} changed */
  follow(changed) {
    const look = () => this.state().then(changed, () => {});
    const silent = () => {};
    openSocket({
      message: ({ labels }) => labels !== undefined && look(),
      // What was told while there was no line.
      state: (state) => state === "open" && look(),
      sounding: silent, audio: silent, selection: silent, labels: silent,
    });
  }

  async label(indices, label) {
    return asked("/library/labels", { points: this._bits(indices), label });
  }

  async similar(index, n) {
    return asked(`/library/similar?point=${index}&n=${n}`);
  }

  async score(indices) {
    return JSON.stringify(await asked("/library/score", { points: this._bits(indices) }));
  }

  async copy(indices, folder, how) {
    return asked("/library/export", { points: this._bits(indices), folder, how });
  }

  async predictions() {
    const { classes, shares } = await asked("/library/predictions");
    return { classes, shares: sharesOf(shares) };
  }

  async train() {
    return asked("/library/train", {});
  }

  /** Until learning has ended. @param {(training: any) => void} told @returns {Promise<any>} how it ended */
  async trained(told) {
    for (let failed = 0; failed < MOST_POLLS_FAILED; ) {
      try {
        const { training } = await this.state();
        failed = 0;
        if (training.state !== "running") return training;
        told(training);
      } catch {
        failed += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return { state: "failed", said: "the server does not answer" };
  }

  _bits(indices) {
    return bitsOf(indices, this.pack.n);
  }
}

async function asked(path, body) {
  const posted = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, { credentials: "same-origin", ...(body === undefined ? {} : posted) });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.refused ?? `the server answered ${answer.status}`);
  return found;
}
