// The panel that plays: walks over the map, how their grains sound, and what is kept of it.

import { Audio } from "./audio.js";
import { ENVELOPES } from "./envelopes.js";
import { make } from "./panels.js";
import { slider, toggle } from "./play-controls.js";
import { Player, TAGS } from "./player.js";
import { download, stem } from "./saving.js";
import { Recorder, Take } from "./take.js";
import { WALKS } from "./walks.js";

const METER_FLOOR_DB = -60;
const SHOWN_MS = 50; // between two looks of the meter
const TWICE_MS = 600; // within which a finger's touch and its click are one

/** What the sliders move. `low` and `high` are the ends; one that is not `even` moves by factors. */
const GRAIN = [
  { key: "length", label: "Grain length", unit: "ms", low: 5, high: 5000, zero: "as cut", help: "how long each grain sounds" },
  { key: "density", label: "Density", unit: "/s", low: 0.25, high: 500, help: "grains a second" },
  { key: "transpose", label: "Transposition", unit: "semitones", low: -24, high: 24, even: 0.1 },
  { key: "pan", label: "Pan", unit: "", low: -1, high: 1, even: 0.01 },
];
const WALK = [
  { key: "spread", label: "Spread", unit: "grains", low: 1, high: 128, even: 1, help: "of how many near grains one is chosen" },
  { key: "step", label: "Step", unit: "of the map", low: 0.001, high: 0.5, help: "how far a staggering walk goes with each grain" },
  { key: "rest", label: "Rest", unit: "grains", low: 0, high: 128, even: 1, help: "for how many grains one that was played is left out" },
  { key: "seconds", label: "Time along a line", unit: "s", low: 0.2, high: 120, help: "from one end to the other, or once round" },
  { key: "seed", label: "Seed", unit: "", low: 0, high: 999, even: 1, help: "the same seed walks the same way" },
];
const CHANCE = [
  { key: "start_jitter", label: "Position", unit: "ms", low: 0, high: 500, even: 1, help: "in the recording, either way" },
  { key: "pitch_jitter", label: "Pitch", unit: "semitones", low: 0, high: 24, even: 0.1, help: "either way" },
  { key: "time_jitter", label: "Time", unit: "intervals", low: 0, high: 4, even: 0.01, help: "how late at most" },
  { key: "length_jitter", label: "Length", unit: "of it", low: 0, high: 0.95, even: 0.01, help: "either way" },
  { key: "pan_jitter", label: "Pan", unit: "", low: 0, high: 1, even: 0.01, help: "either way" },
  { key: "gain_jitter", label: "Loudness", unit: "dB", low: 0, high: 40, even: 0.5, help: "how much quieter at most" },
  { key: "backwards", label: "Backwards", unit: "of the grains", low: 0, high: 1, even: 0.01 },
];

/** Add the panel. `app.audio` and `app.player` are the page's sound and who plays it. */
export function install(app) {
  const { hub, pack, view, panels, say } = app;
  const audio = new Audio(pack);
  const player = new Player(pack, audio, (indices) => hub.emit("played", { indices }));
  const take = new Take(pack, audio);
  const gain = { master: 0 };
  Object.assign(app, { audio, player, take });
  player.onBegan = (event, index, frame) => {
    take.add(event, index, frame);
    shown.take();
  };

  const play = make("button", { class: "primary", "data-test": "play", "aria-pressed": "false", title: "Start or stop the walk (w)", onclick: start }, "Play");
  const panic = make("button", { "data-test": "panic", title: "All sound off (Esc)", onclick: () => player.panic() }, "Silence");
  const record = make("button", { "data-test": "record", "aria-pressed": "false", title: "Record what is heard, as WAV", onclick: recording }, "Record");
  const save = make("button", { "data-test": "save-score", onclick: saveScore }, "Save score");
  const clear = make("button", { "data-test": "clear-take", title: "Forget what has been played", onclick: forget }, "New take");
  const mode = choice("walk-mode", "Walk", Object.entries(WALKS).map(([value, { label, help }]) => [value, label, help]), player.settings.mode, (value) => {
    player.settings.mode = value;
    player.walker.passed = 0;
  });
  const envelope = choice("envelope", "Envelope", [["auto", "to suit", ""], ...ENVELOPES.map(({ label }) => [label, label, ""])], "auto", (value) => (player.settings.envelope = value));
  const meter = make("meter", { min: METER_FLOOR_DB, max: 0, low: -12, high: -3, optimum: -30, value: METER_FLOOR_DB, "data-test": "meter", "aria-label": "Level" });
  meter.style.width = "100%";
  const state = make("p", { class: "note", "data-test": "sound-state" });
  const kept = make("p", { class: "note", "data-test": "take" });
  const master = slider({ key: "master", label: "Volume", unit: "dB", low: -60, high: 12, even: 0.5 }, gain, () => audio.setGain(volume()));

  const sliders = (list) => list.map((one) => slider(one, player.settings));
  const switches = [
    toggle({ key: "hover", label: "Hear what is pointed at" }, player.settings),
    toggle({ key: "follow", label: "One after another", help: "each grain begins as the one before ends, whatever the density" }, player.settings),
  ];
  const body = make(
    "div", { class: "body" },
    row(play, panic, record), meter, state, master, mode.row, switches[0],
    ...sliders(GRAIN), switches[1], envelope.row,
    group("Walk", "more-walk", ...sliders(WALK), toggle({ key: "repeat", label: "Again at the end" }, player.settings)),
    group("Randomness", "more-chance", ...sliders(CHANCE)),
    row(save, clear), kept,
  );
  panels.add({ id: "play", title: "Play", order: 10, element: body });

  const recorder = new Recorder(audio, (wav) => {
    record.setAttribute("aria-pressed", "false");
    record.textContent = "Record";
    download(wav, `${stem(pack)}.wav`);
  });
  const shown = shows({ audio, player, take, recorder, meter, state, kept, save, record, play });
  player.onStopped = shown.playing;
  follow();
  audio.open().then(
    () => audio.store.loadAll(),
    (error) => shown.failed(error),
  );
  shown.playing();
  shown.take();

  function volume() {
    return gain.master <= -60 ? 0 : 10 ** (gain.master / 20);
  }

  function start() {
    if (player.playing) {
      player.stop();
    } else {
      if (player.settings.mode === "line" && !player.walker.line) say("Draw a line or a loop on the map first");
      player.start(app.state.picked);
    }
    shown.playing();
  }

  function recording() {
    if (recorder.on) {
      recorder.stop();
      return;
    }
    audio.resume();
    recorder.start();
    record.setAttribute("aria-pressed", "true");
  }

  function saveScore() {
    if (take.obstacle) {
      say(`No score: ${take.obstacle}`);
      return;
    }
    const text = JSON.stringify(take.score(volume()));
    download(new Blob([text], { type: "application/json" }), `${stem(pack)}.score.json`);
    say("Keep the score in the folder of its sounds: granulate render reads both");
  }

  function forget() {
    take.clear();
    shown.take();
  }

  /** What happens on the map. */
  function follow() {
    let touched = { index: -1, at: 0 };
    hub.on("hover", ({ index, touch }) => {
      player.walker.pointer = index < 0 ? null : player.walker.placeOf(index);
      // A point that is under the pointer while the pointer's own walk plays would sound twice.
      if (!player.settings.hover || (player.playing && player.settings.mode === "pointer")) return;
      if (touch && index >= 0) touched = { index, at: performance.now() };
      if (index >= 0) player.touch(index, TAGS.hover);
      else if (!player.grid) audio.stop(TAGS.hover);
    });
    hub.on("pick", ({ index, source }) => {
      const again = source === "pointer" && index === touched.index && performance.now() - touched.at < TWICE_MS;
      if (index < 0 || again) return;
      if (!player.grid) audio.stop(TAGS.hover); // a long sound is not to be heard twice
      player.touch(index, TAGS.pick);
    });
    let line = { points: [], places: [], closed: false, layout: "map" };
    const lineOn = (layout) => (layout === "map" ? line.places : line.layout === "grid" ? line.points : []);
    hub.on("gesture", ({ points, places, closed }) => {
      line = { points, places, closed, layout: view.layout };
      player.walker.draw(lineOn(view.layout), closed);
      if (!points.length) return;
      mode.set("line");
      if (!player.playing) player.start();
      shown.playing();
    });
    hub.on("selection", ({ indices }) => {
      player.walker.select(Uint32Array.from(indices));
      if (!indices.length || app.drawing?.tool !== "lasso" || player.playing) return;
      player.start();
      shown.playing();
    });
    hub.on("layout", ({ layout }) => {
      if (layout === "grid") player.setPoints(view.points, 2);
      else player.setPoints(pack.points3 ?? pack.points, pack.points3 ? 3 : 2);
      player.walker.draw(lineOn(layout), line.closed);
    });
    hub.on("stop", () => player.panic());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "w" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input:not([type=range], [type=checkbox]), select, textarea, dialog")) return;
      start();
    });
  }
}

/** What the panel says of itself. */
function shows({ audio, player, take, recorder, meter, state, kept, save, record, play }) {
  let last = 0;
  let broken = "";
  const tell = () => {
    const rate = audio.context?.sampleRate;
    if (broken) state.textContent = broken;
    else if (!audio.running) state.textContent = "Click anywhere to turn the sound on";
    else state.textContent = `${rate} Hz${audio.ratio === 1 ? "" : ", resampled"}${audio.kind === "script" ? ", without an audio thread" : ""}`;
    state.dataset.state = broken ? "failed" : audio.running ? "running" : "waiting";
  };
  audio.on("state", ({ error }) => {
    if (error) broken = error;
    tell();
  });
  audio.on("tick", (tick) => {
    const now = performance.now();
    if (now - last < SHOWN_MS) return;
    last = now;
    const peak = Math.max(...tick.peaks);
    meter.value = peak > 0 ? Math.max(METER_FLOOR_DB, 20 * Math.log10(peak)) : METER_FLOOR_DB;
    meter.title = `${tick.voices} grains sound${tick.reduction < 1 ? "; the limiter is at work" : ""}`;
    if (recorder.on) record.textContent = `Stop ${Math.floor(recorder.seconds)} s`;
  });
  tell();
  return {
    playing() {
      play.setAttribute("aria-pressed", String(player.playing));
      play.textContent = player.playing ? "Stop" : "Play";
    },
    take() {
      const n = take.events.length;
      kept.textContent = n === 1 ? "1 grain played" : `${n} grains played`;
      save.title = take.obstacle ? `No score: ${take.obstacle}` : "Save what was played, for granulate render";
    },
    failed(error) {
      broken = `No sound: ${error.message}`;
      tell();
    },
  };
}

function row(...children) {
  return make("div", { class: "row" }, ...children);
}

function group(title, test, ...children) {
  return make("details", { "data-test": test }, make("summary", {}, title), ...children);
}

/** @param {[string, string, string][]} options value, text, help */
function choice(test, label, options, value, changed) {
  const select = make(
    "select", { "data-test": test, "aria-label": label, onchange: () => changed(select.value) },
    ...options.map(([own, text, help]) => make("option", { value: own, title: help || null }, text)),
  );
  select.value = value;
  const set = (wanted) => {
    select.value = wanted;
    changed(wanted);
  };
  return { row: row(make("span", {}, label), select), set };
}
