// The panel of the selection: taken out as files, labelled by hand, learned from; and what is like the chosen point.

import { asList, asTable, filesOf, labelsColumn, labelsTable, predictedColumns } from "./library-data.js";
import { Alone, Served, Shared } from "./library-desk.js";
import { make } from "./panels.js";
import { download, draggable, stem } from "./saving.js";
import { zipped } from "./zip.js";

const LIKE = 12;
const TOLD_CLASSES = 3;
const LABEL = "label";

/** Add the panel. `app.library` is what it asks. */
export function install(app) {
  const { hub, pack, panels, state } = app;
  const desk = deskOf(app);
  app.library = desk;
  const body = make("div", { class: "body" });
  panels.add({ id: "library", title: pack.of === "sounds" ? "Library" : "Selection", order: 30, element: body });
  const labels = labelling(app, desk, chosen);
  body.append(...takingOut(app, desk, chosen), ...labels.elements, ...likeness(app, desk));
  hub.on("hover", ({ index }) => labels.tell(index >= 0 ? index : state.picked));
  hub.on("pick", ({ index }) => labels.tell(index));
  labels.begin();

  /** The selection, or else the picked point. @returns {Uint32Array} */
  function chosen() {
    if (state.selection.length) return state.selection;
    return Uint32Array.from(state.picked >= 0 ? [state.picked] : []);
  }
}

function deskOf({ settings, pack, hub, live }) {
  if (settings.library) return new Served(pack);
  return live ? new Shared(pack, hub, live.line) : new Alone(pack);
}

/** Taking the selection out: a list, a table, a score; of a served library a folder. */
function takingOut(app, desk, chosen) {
  const { hub, pack } = app;
  const what = pack.of === "sounds" ? "sound" : "grain";
  const note = make("p", { class: "note", "data-test": "library-count" });
  const name = stem(pack);
  const button = (test, text, title, act) => make("button", { type: "button", "data-test": test, title, onclick: () => does(app, act) }, text);
  const file = (test, text, title, type, extension, made, said = "") =>
    button(test, text, title, async () => {
      download(new Blob([await made(chosen())], { type }), name + extension);
      if (said) app.say(said);
    });
  const list = file("library-list", "List", "Names of the files, as text; to be dragged, too", "text/plain", ".txt", (points) => asList(pack, points));
  draggable(list, () => ({ text: asList(pack, chosen()), name: `${name}.txt`, type: "text/plain" }));
  const table = file("library-table", "Table", "All that is known of them, as CSV; to be dragged, too", "text/csv", ".csv", (points) => asTable(pack, points));
  draggable(table, () => ({ text: asTable(pack, chosen()), name: `${name}.csv`, type: "text/csv" }));
  const score = file("library-score", "Score", "One after another, for granulate render", "application/json", ".score.json", (points) => desk.score(points), "Keep the score in the folder of its sounds: granulate render reads both");
  if (!desk.served) draggable(score, () => ({ text: desk.scoreNow(chosen()), name: `${name}.score.json`, type: "application/json" }));
  const sounds = button("library-sounds", "Sounds", "What the page has of them, as FLAC in a ZIP archive", async () => download(zipped(await filesOf(pack, chosen())), `${name}.zip`));
  const buttons = [list, table, score, sounds];
  const folder = make("input", { type: "text", "data-test": "library-folder", maxlength: 80, placeholder: "Name of a folder", "aria-label": "Name of a folder" });
  const copying = ["copy", "link"].map((how) =>
    button(`library-${how}`, how === "copy" ? "Copy" : "Link", `${how === "copy" ? "Copy" : "Hard-link"} the files into that folder; nothing is overwritten`, async () => {
      const done = await desk.copy(chosen(), folder.value, how);
      const there = done.there ? `, ${done.there} were there` : "";
      app.say(done.failed ? `${done.failed} could not be put: ${done.first}` : `${done.written} put into ${done.folder}${there}`);
    }),
  );
  const show = () => {
    const n = chosen().length;
    const lone = n === 1 && !app.state.selection.length;
    note.textContent = n ? `${n} ${what}${n === 1 ? "" : "s"} ${lone ? "chosen" : "selected"}` : `Select ${what}s with the lasso (4), or choose one`;
    for (const one of [...buttons, ...copying]) one.disabled = !n;
    for (const one of copying) one.disabled ||= !folder.value.trim();
  };
  folder.addEventListener("input", show);
  hub.on("selection", show);
  hub.on("pick", show);
  show();
  const exporting = make("div", { class: "row", hidden: true }, folder, ...copying);
  folder.style.minWidth = "0";
  if (desk.served) desk.state().then(({ exports }) => (exporting.hidden = !exports), () => {});
  return [note, make("div", { class: "row" }, ...buttons), exporting];
}

/** Labels by hand, and what is learned from them. */
function labelling(app, desk, chosen) {
  const { hub, pack, legend } = app;
  let known = { names: [], of: [] };
  let told = null;
  const names = make("datalist", { id: "library-labels" });
  const field = make("input", { type: "text", "data-test": "label-name", list: "library-labels", maxlength: 80, placeholder: "Label", "aria-label": "Label", autocomplete: "off" });
  field.style.cssText = "min-width: 0; flex: 1 1 5rem";
  const note = make("p", { class: "note", "data-test": "label-note", role: "status" });
  const shares = make("dl", { "data-test": "label-shares" });
  const button = (test, text, title, act) => make("button", { type: "button", "data-test": test, title, onclick: () => does(app, act) }, text);
  const give = button("label-give", "Label", "Give what is selected this label (Enter)", () => change(field.value.trim()));
  const take = button("label-take", "Unlabel", "Take the label of what is selected away", () => change(""));
  const save = button("label-save", "Save labels", "As CSV, which granulate library classify train --by csv:FILE reads", () =>
    download(new Blob([labelsTable(pack, known)], { type: "text/csv" }), "labels.csv"),
  );
  const learn = button("label-train", "Train", "Learn to tell the labels apart, and judge every sound", async () => {
    await desk.train();
    await follow();
  });
  learn.hidden = !desk.served;
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") does(app, () => change(field.value.trim()));
  });
  field.addEventListener("input", enable);
  hub.on("selection", enable);
  hub.on("pick", enable);

  async function change(label) {
    if (!chosen().length) return;
    adopt((await desk.label(chosen(), label)).labels);
    if (known.names.length) show(LABEL);
  }

  function adopt(labels) {
    const had = pack.columns.some(({ name }) => name === LABEL);
    known = { names: labels.names, of: labels.of };
    if (known.names.length || had) legend.add(labelsColumn(LABEL, known));
    names.replaceChildren(...known.names.map((name) => make("option", { value: name })));
    let n = 0;
    for (let i = 0; i < known.of.length; i++) n += Number(known.of[i] >= 0);
    note.textContent = n ? `${n} labelled, ${known.names.length} label${known.names.length === 1 ? "" : "s"}` : "";
    enable();
  }

  function enable() {
    const any = chosen().length > 0;
    give.disabled = !any || !field.value.trim();
    take.disabled = !any;
    save.disabled = learn.disabled = !known.names.length;
  }

  function show(name) {
    legend.choose(pack.columns.findIndex((column) => column.name === name));
  }

  /** Wait for what is being learned, and show what came of it. */
  async function follow() {
    learn.disabled = true;
    const ended = await desk.trained(({ stage, done, total }) => {
      note.textContent = total ? `${stage}: ${done} of ${total}` : `${stage} …`;
    });
    enable();
    note.textContent = ended.said;
    if (ended.state !== "done") return;
    await judge();
    show("predicted");
  }

  async function judge() {
    told = await desk.predictions();
    for (const column of predictedColumns(told.classes, told.shares, pack.n)) legend.add(column);
    tell(app.state.picked);
  }

  /** The likeliest kinds of a point. */
  function tell(index) {
    shares.replaceChildren();
    if (!told || index < 0) return;
    const k = told.classes.length;
    const mine = told.classes.map((name, at) => ({ name, share: told.shares[index * k + at] }));
    mine.sort((a, b) => b.share - a.share);
    for (const { name, share } of mine.slice(0, TOLD_CLASSES)) {
      shares.append(make("dt", {}, name), make("dd", {}, `${Math.round(100 * share)}\u202f%`));
    }
  }

  async function look() {
    const { labels, training } = await desk.state();
    adopt(labels);
    if (training.state === "running") await follow();
    else if (training.state === "done" && !told) await judge();
  }

  const elements = [names, make("div", { class: "row" }, field, give, take), make("div", { class: "row" }, save, learn), note, shares];
  return {
    elements,
    tell,
    begin() {
      enable();
      does(app, look);
      desk.follow(({ labels }) => adopt(labels));
    },
  };
}

/** The points most like the chosen one, as a list that plays. */
function likeness(app, desk) {
  const { hub, pack, state } = app;
  const list = make("ul", { class: "groups", "data-test": "similar" });
  const find = make("button", { type: "button", "data-test": "find-similar", title: "What is most like the chosen point", onclick: () => does(app, look) }, "Similar");
  const select = make("button", { type: "button", "data-test": "select-similar", hidden: true, title: "Select the chosen point and these", onclick: () => hub.emit("selection", { indices: Uint32Array.from(found).sort() }) }, "Select them");
  let found = [];
  find.disabled = state.picked < 0;
  hub.on("pick", ({ index }) => (find.disabled = index < 0));

  async function look() {
    const asked = state.picked;
    if (asked < 0) return;
    const { points, distances } = await desk.similar(asked, LIKE);
    found = [asked, ...points];
    select.hidden = !points.length;
    list.replaceChildren(...points.map((index, k) => make("li", {}, row(index, distances[k]))));
  }

  function row(index, distance) {
    const name = pack.sounds[pack.sound[index]].name;
    const text = pack.of === "sounds" ? name : `${name} ${(pack.onset[index] / pack.rate).toFixed(2)} s`;
    const button = make(
      "button", { type: "button", class: "group", title: text, onclick: () => hub.emit("pick", { index, source: "list" }) },
      make("span", { class: "name" }, text), make("span", { class: "count" }, distance.toFixed(2)),
    );
    button.dataset.index = String(index);
    return button;
  }

  return [make("div", { class: "row" }, find, select), list];
}

/** Do something, and say in one line why it could not be done. */
async function does(app, act) {
  try {
    await act();
  } catch (error) {
    app.say(error.message);
  }
}
