// Light or dark: as the system has it, until it is chosen here.

const KEY = "granulate-theme";

/** @param {{hub: any}} app */
export function createTheme({ hub }) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();

  function current() {
    return chosen ?? (system.matches ? "dark" : "light");
  }

  function apply() {
    document.documentElement.dataset.theme = current();
    hub.emit("theme", { theme: current() });
  }

  system.addEventListener("change", apply);
  document.documentElement.dataset.theme = current();
  return {
    get name() {
      return current();
    },
    toggle() {
      chosen = current() === "dark" ? "light" : "dark";
      // Storage may be forbidden, as in a sandboxed frame.
      try {
        localStorage.setItem(KEY, chosen);
      } catch {
        return apply();
      }
      return apply();
    },
    /** A colour of the style sheet. @param {string} name as "ink" */
    colour: (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(),
  };
}

function remembered() {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : null;
  } catch {
    return null;
  }
}
