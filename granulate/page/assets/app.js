// The page: reads the pack, and joins map, panels, pointer and keys.
//
// A panel is a module that exports `install(app)`; `settings.panels` names those of this page. What it may use:
//
//   app.hub       `on` and `emit`, see hub.js
//   app.pack      the points and sounds, see pack.js
//   app.settings  of the template
//   app.view      `nearest`, `inPolygon`, `points`, `camera`, `show`, `placeOnMap`, `overlay`
//   app.state     {hovered, picked, selection, found}, -1 and empty where there is none; read only
//   app.panels    `add({id, title, element, order})`
//   app.legend    `choose(number)`, `add(column)`
//   app.theme     `name`, `colour(name)`
//   app.say       shows a line, and tells it to screen readers
import { moduleOf } from "./assets.js";
import { createDetails } from "./details.js";
import { createDrawing } from "./draw.js";
import { createHub } from "./hub.js";
import { watchKeys } from "./keyboard.js";
import { createLegend } from "./legend.js";
import { loadPack } from "./pack.js";
import { createPanels } from "./panels.js";
import { watchPointer } from "./pointer.js";
import { createSearch } from "./search.js";
import { drawSketch, frameShown } from "./sketch.js";
import { createTheme } from "./theme.js";
import { createView } from "./view.js";

const SAID_MS = 4000;

/** Begin; `globalThis.granulate` is the app, once `granulate.ready` has resolved. */
export function start() {
  const app = { hub: createHub(), say };
  globalThis.granulate = app;
  app.ready = build(app).catch((error) => {
    document.getElementById("map").dataset.state = "failed";
    say(`This map could not be shown: ${error.message}`, true);
    throw error;
  });
}

async function build(app) {
  app.settings = JSON.parse(document.getElementById("settings").textContent);
  app.theme = createTheme(app);
  app.panels = createPanels(app);
  const sketched = drawSketch(app);
  if (app.settings.sketch) {
    await frameShown();
    performance.mark("granulate-first-paint");
  }
  app.pack = await loadPack(app.settings);
  app.state = { hovered: -1, picked: -1, selection: new Uint32Array(0), found: null };
  const plain = new URLSearchParams(location.search).has("canvas");
  app.view = createView({ hub: app.hub, pack: app.pack, plain });
  watchPaint(app, sketched);
  remember(app);
  app.legend = createLegend(app);
  createDetails(app);
  app.search = createSearch(app);
  app.drawing = createDrawing(app);
  app.pointer = watchPointer(app);
  app.acts = actsOf(app);
  for (const button of document.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => app.acts[button.dataset.act]());
  }
  watchKeys(app);
  watchSides(app);
  colour(app);
  for (const name of app.settings.panels ?? []) {
    try {
      (await moduleOf(name)).install(app);
    } catch (error) {
      // The map is of use without one of its panels.
      console.error(error);
      say(`${name} could not be started: ${error.message}`);
    }
  }
  await app.view.ready();
  app.view.element.dataset.state = "ready";
  performance.mark("granulate-ready");
}

/** Keep what is chosen, and show it on the map. The first to listen, so that all others find it kept. */
function remember({ hub, state, view }) {
  hub.on("selection", ({ indices }) => (state.selection = Uint32Array.from(indices)));
  let gesture = null;
  const show = () => {
    const seen = gesture && view.layout === "map" ? { ...gesture, points: gesture.places.map((place) => view.seenOf(place)) } : null;
    view.overlay.setGesture(seen ?? (gesture?.layout === view.layout ? gesture : null));
  };
  hub.on("gesture", ({ points, places, closed }) => {
    gesture = points.length ? { points, places, closed, layout: view.layout } : null;
    show();
  });
  hub.on("layout", show);
  hub.on("turn", show);
  hub.on("played", ({ indices }) => view.overlay.flash(indices));
}

/** Take the sketch away when the map is there, and note when it was. */
function watchPaint({ hub, settings }, sketched) {
  const off = hub.on("painted", async () => {
    off();
    await frameShown();
    sketched();
    if (!settings.sketch) performance.mark("granulate-first-paint");
  });
  const done = hub.on("drawn", () => {
    done();
    performance.mark("granulate-drawn");
  });
}

/** The sides that a map of three dimensions is looked at from. */
function watchSides({ hub, view }) {
  const element = document.getElementById("sides");
  const buttons = [...element.querySelectorAll("button")];
  const show = () => (element.hidden = !view.turning || view.layout !== "map");
  for (const button of buttons) button.addEventListener("click", () => view.lookAt(button.dataset.side));
  hub.on("layout", show);
  hub.on("turn", ({ side }) => buttons.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.side === side))));
  show();
}

function colour({ hub, theme, view }) {
  const apply = () =>
    view.overlay.setColours({ ink: theme.colour("ink"), accent: theme.colour("accent"), paper: theme.colour("paper"), quiet: theme.colour("quiet") });
  hub.on("theme", apply);
  apply();
}

/** What buttons and keys do, by name. */
function actsOf({ view, theme, panels, hub }) {
  const grid = document.querySelector('[data-act="grid"]');
  hub.on("layout", ({ layout }) => grid.setAttribute("aria-pressed", String(layout === "grid")));
  return {
    "zoom-in": () => view.zoom(1.5),
    "zoom-out": () => view.zoom(1 / 1.5),
    fit: () => view.fit(),
    grid: () => view.arrange(view.layout === "grid" ? "map" : "grid"),
    theme: () => theme.toggle(),
    sheet: () => panels.toggle(),
    help: () => document.getElementById("help").showModal(),
    search: () => document.getElementById("search").focus(),
  };
}

let waiting = 0;

/** @param {string} text @param {boolean} stays */
function say(text, stays = false) {
  const element = document.getElementById("message");
  element.textContent = text;
  clearTimeout(waiting);
  if (!stays) waiting = setTimeout(() => (element.textContent = ""), SAID_MS);
}
