// The panel of a served map: the instrument behind the page, whoever else moves it.

import { Audio } from "./audio.js";
import { control, kindControl } from "./live-controls.js";
import { make } from "./panels.js";
import { openSocket } from "./socket.js";

const FLOOR_DB = -60;
const CLOSED = ["input"]; // sections that are folded at first, beside those that analyse anew
const STATES = {
  open: "",
  waiting: "The server does not answer; trying again",
  stranger: "The server was started anew: open the address that it printed",
};

/** Add the panel; `app.live` is the line to the server. */
export function install(app) {
  const { hub, pack, panels, say, state, view } = app;
  /** @type {Map<string, any>} what every parameter is, by path */
  const values = new Map();
  const sections = new Map();
  const audio = new Audio(pack);
  const told = { map: 0, audio: "device", status: {} };
  let hearing = false;

  const line = openSocket({
    message: hear,
    sounding: (grains) => hub.emit("played", { indices: grains.filter((grain) => grain < pack.n) }),
    audio: (clock, frames) => hearing && audio.pushStream(clock, frames),
    selection: (grains) => hub.emit("selection", { indices: grains, source: "server" }),
    labels: (labels) => hub.emit("labels", labels),
    state: connection,
  });
  app.live = { line, values, audio, status: () => told.status };

  const button = (test, text, title, onclick) => make("button", { type: "button", "data-test": test, title, onclick }, text);
  const play = button("live-play", "Stop", "Let the path rest, or go on (w)", () => line.send({ act: [told.status.resting ? "start" : "stop"] }));
  const panic = button("live-panic", "Silence", "All sound off, at once (Esc)", () => line.send({ act: ["panic"] }));
  const record = button("live-record", "Record", "Write down what is played", () => line.send({ act: ["record", !told.status.recording] }));
  const listen = button("live-hear", "Hear here", "The engine's sound in this page", () => hearHere(!hearing));
  const meters = make("div", { "data-test": "live-meters" });
  const note = make("p", { class: "note", "data-test": "live-state", role: "status" });
  const facts = make("p", { class: "note", "data-test": "live-facts" });
  const preset = make("select", { "data-test": "live-preset", "aria-label": "Preset" });
  const seconds = make("input", { type: "number", min: 0, max: 3600, step: 0.5, value: 4, "data-test": "live-morph", "aria-label": "Seconds of the change", title: "How long the change takes, in seconds" });
  const change = button("live-change", "Change", "Change to the preset", () => line.send({ act: ["preset", preset.value, Number(seconds.value) || 0] }));
  const points = tick("live-points", "Pointing plays a grain", true);
  const keeps = tick("live-keeps", "The path keeps to the selection", true);
  const stale = button("live-reload", "The sounds have changed: show them", "Load the map anew", () => location.reload());
  stale.hidden = true;
  seconds.classList.add("short");

  panels.add({
    id: "live", title: "Live", order: 5,
    element: make(
      "div", { class: "body" }, note, stale, row(play, panic, record), row(listen), meters, facts,
      row(preset, seconds, "s", change), points.element, keeps.element,
    ),
  });
  follow();
  fetch("/parameters.json", { credentials: "same-origin" })
    .then((answer) => answer.json())
    .then(build, (error) => say(`No controls: ${error.message}`, true));

  function hear(message) {
    if (message.hello) greet(message.hello);
    if (message.values) moved(message.values);
    if (message.status) show(message.status);
    if (message.map) stale.hidden = message.map === told.map;
    if (message.said) say(message.said);
    if (message.refused) {
      note.textContent = message.refused;
      note.dataset.state = "refused";
      // What was moved here and refused there is shown as it is.
      for (const section of sections.values()) section.draw();
    }
  }

  function greet(hello) {
    // A server that was started anew may show other sounds.
    if (told.map && (told.map !== hello.map || hello.grains !== told.grains)) stale.hidden = false;
    told.map ||= hello.map;
    Object.assign(told, { audio: hello.audio, grains: told.grains ?? hello.grains, rate: hello.rate, channels: hello.channels });
    record.hidden = !hello.record;
    listen.hidden = !hello.hearable;
    listen.textContent = hello.audio === "browser" ? "Turn the sound on" : "Hear here";
    if (hearing) hearHere(true);
  }

  function connection(now) {
    note.textContent = STATES[now];
    note.dataset.state = now;
    for (const one of [play, panic, record, listen, change]) one.disabled = now !== "open";
  }

  function moved(changed) {
    for (const [path, value] of Object.entries(changed)) values.set(path, value);
    for (const name of new Set(Object.keys(changed).map((path) => path.split(".")[0]))) sections.get(name)?.draw();
    hub.emit("values", changed);
  }

  function show(status) {
    told.status = status;
    view.overlay.setWalk(status.position ?? null);
    if (status.over) {
      note.textContent = "The instrument has ended";
      return;
    }
    play.textContent = status.resting ? "Start" : "Stop";
    play.setAttribute("aria-pressed", String(!status.resting));
    record.textContent = status.recording ? "End the take" : "Record";
    record.setAttribute("aria-pressed", String(status.recording));
    level(status.levels);
    const others = status.clients > 1 ? `; ${status.clients} pages` : "";
    facts.textContent = `${status.preset}; load ${Math.round(100 * status.load)}%; ${status.active} grains; ${status.late} late${others}`;
  }

  function level(levels) {
    while (meters.children.length < levels.length) {
      const name = `Level of channel ${meters.children.length + 1}`;
      meters.append(make("meter", { min: FLOOR_DB, max: 0, low: -12, high: -3, optimum: -30, class: "wide", "aria-label": name, "data-test": "live-meter" }));
    }
    levels.forEach((decibels, i) => {
      meters.children[i].value = Math.max(FLOOR_DB, decibels);
      meters.children[i].title = `${decibels} dB`;
    });
  }

  async function hearHere(on) {
    if (on && !audio.context) {
      try {
        await audio.open();
      } catch (error) {
        say(`No sound here: ${error.message}`);
        return;
      }
    }
    hearing = on;
    if (on) {
      audio.resume();
      audio.startStream(told.channels, told.rate);
    } else {
      audio.stopStream();
    }
    listen.setAttribute("aria-pressed", String(on));
    line.send({ hear: on });
  }

  /** @param {any} schema of /parameters.json */
  function build(schema) {
    preset.replaceChildren(...schema.presets.map((name) => make("option", { value: name }, name)));
    schema.sections.forEach((section, i) => {
      const body = make("div", { class: "body" });
      const made = sectionOf(section, body, values, (parameter, value) => line.set(section.name, parameter, value));
      sections.set(section.name, made);
      const open = section.atOnce && !CLOSED.includes(section.name);
      panels.add({ id: `live-${section.name}`, title: titled(section.name), order: 20 + i / 100, element: body, open });
      made.draw();
    });
  }

  function follow() {
    hub.on("hover", ({ index }) => {
      if (index >= 0 && points.input.checked) line.send({ act: ["play", index] });
    });
    hub.on("pick", ({ index, source }) => {
      if (index < 0) return;
      if (source !== "pointer" || !points.input.checked) line.send({ act: ["play", index] });
      line.send({ act: ["goto", ...view.placeOnMap(index)] });
    });
    hub.on("gesture", ({ places, closed }) => {
      if (places.length > 1) line.gesture(places, closed);
    });
    hub.on("selection", ({ indices, source }) => {
      if (source !== "server" && keeps.input.checked) line.select(Uint32Array.from(indices), pack.n);
    });
    keeps.input.addEventListener("change", () =>
      line.select(keeps.input.checked ? Uint32Array.from(state.selection) : new Uint32Array(0), pack.n),
    );
    hub.on("stop", () => line.send({ act: ["panic"] }));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "w" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!event.target.closest("input:not([type=range], [type=checkbox]), select, textarea, dialog")) play.click();
    });
    // Browsers let a page sound when its user has done something in it.
    addEventListener("pointerup", () => told.audio === "browser" && !audio.context && hearHere(true), { once: true });
  }
}

/** The controls of a section, made anew when another kind is chosen. */
function sectionOf(section, body, values, send) {
  const choice = section.single ? null : kindControl(section, (value) => send("kind", value));
  const list = make("div", { "data-test": `live-${section.name}` });
  body.append(...(choice ? [choice.element] : []), list);
  let drawn = null;
  let controls = new Map();
  const value = (name) => values.get(`${section.name}.${name}`);

  function draw() {
    const kinds = section.single ? section.kinds.map((kind) => kind.name) : String(value("kind") ?? "").split(",");
    const wanted = kinds.join();
    if (wanted !== drawn) {
      drawn = wanted;
      const chosen = section.kinds.filter((kind) => kinds.includes(kind.name)).flatMap((kind) => kind.parameters);
      controls = new Map(chosen.map((one) => [one.name, control(section.name, one, (given) => send(one.name, given))]));
      list.replaceChildren(...[...controls.values()].map((one) => one.element));
    }
    choice?.show(value("kind"));
    for (const [name, one] of controls) one.show(value(name));
  }
  return { draw };
}

function tick(test, text, on) {
  const input = make("input", { type: "checkbox", "data-test": test });
  input.checked = on;
  return { input, element: make("label", { class: "row" }, input, text) };
}

const row = (...children) => make("div", { class: "row" }, ...children);
const titled = (name) => name[0].toUpperCase() + name.slice(1);
