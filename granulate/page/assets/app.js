// The page: reads the pack, and joins map, panels, pointer and keys.
//
// A panel is a module that exports `install(app)`; `settings.panels` names those of this page. What it may use:
//
//   app.hub       `on` and `emit`, see hub.js
//   app.pack      the points and sounds, see pack.js
//   app.settings  of the template
//   app.view      `flash(indices)` by the hub's "played"; `nearest`, `inPolygon`, `points`, `camera`, `show`
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
  app.pack = await loadPack(app.settings);
  app.state = { hovered: -1, picked: -1, selection: new Uint32Array(0), found: null };
  const plain = new URLSearchParams(location.search).has("canvas");
  app.view = createView({ hub: app.hub, pack: app.pack, plain });
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
  hub.on("gesture", ({ points, closed }) => view.overlay.setGesture(points.length ? { points, closed } : null));
  hub.on("played", ({ indices }) => view.overlay.flash(indices));
}

function colour({ hub, theme, view }) {
  const apply = () =>
    view.overlay.setColours({ ink: theme.colour("ink"), accent: theme.colour("accent"), paper: theme.colour("paper") });
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
