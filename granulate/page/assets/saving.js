// What is taken out of the page: saved with a click, or dragged to where it is wanted.

const KEPT_MS = 60_000; // for which a file that is saved can be fetched

/** A name for files about a map. @param {{title: string}} pack */
export function stem(pack) {
  return (pack.title || "map").replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}._ -]+/gu, "_").slice(0, 80) || "map";
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  Object.assign(link, { href: passing(blob), download: name });
  link.click();
}

/**
 * Let a button be dragged out, as its text or, where that is taken, as its file.
 * @param {HTMLElement} button
 * @param {() => {text: string, name: string, type: string}} made when the drag begins
 */
export function draggable(button, made) {
  button.draggable = true;
  button.addEventListener("dragstart", (event) => {
    try {
      const { text, name, type } = made();
      event.dataTransfer.setData("text/plain", text);
      // As Chromium and those of its kind have it; others take the text.
      event.dataTransfer.setData("DownloadURL", `${type}:${name}:${passing(new Blob([text], { type }))}`);
      event.dataTransfer.effectAllowed = "copy";
    } catch {
      event.preventDefault(); // a click says why
    }
  });
}

function passing(blob) {
  const url = URL.createObjectURL(blob);
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
  return url;
}
