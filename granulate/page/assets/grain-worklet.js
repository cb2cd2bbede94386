// The audio thread: a grain engine behind a port.

import { GrainEngine } from "./grain-engine.js";
import { Messages } from "./grain-messages.js";

/** Registered as "granulate"; two channels out. */
class GrainProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    this.engine = new GrainEngine(sampleRate);
    this.messages = new Messages(this.engine, (message, transfer) => this.port.postMessage(message, transfer));
    this.port.onmessage = ({ data }) => this.messages.receive(data);
  }

  process(_inputs, [output]) {
    const left = output[0];
    const right = output[1] ?? output[0];
    this.engine.process(left, right, currentFrame);
    this.messages.after(left, right, currentFrame);
    return true;
  }
}

registerProcessor("granulate", GrainProcessor);
