// Where the page's other files are: within it, where it is one file, or on the server.

/** @param {string} name @returns {HTMLScriptElement | null} */
function within(name) {
  return document.querySelector(`script[data-asset="${name}"]`);
}

const urls = new Map();

/**
 * The URL of a script that runs beside the page, for `new Worker` or `audioWorklet.addModule`.
 * @param {string} name
 * @returns {string}
 */
export function scriptUrl(name) {
  const script = within(name);
  if (!script) return `/assets/${name}`;
  if (!urls.has(name)) {
    urls.set(name, URL.createObjectURL(new Blob([script.textContent], { type: "text/javascript" })));
  }
  return urls.get(name);
}

/** @param {string} name @returns {Worker} */
export function startWorker(name) {
  // A joined worker imports nothing any more.
  return new Worker(scriptUrl(name), within(name) ? {} : { type: "module" });
}

/**
 * A module by its file's name.
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function moduleOf(name) {
  return globalThis.granulateModules?.get(name) ?? (await import(`/assets/${name}`));
}
