// The panels beside the map, or below it on a narrow screen.

/** @param {{hub: any}} app */
export function createPanels({ hub }) {
  const element = document.getElementById("panels");
  const button = document.querySelector('[data-act="sheet"]');

  function show(open) {
    document.body.dataset.sheet = open ? "open" : "closed";
    button.setAttribute("aria-expanded", String(open));
  }
  show(!matchMedia("(max-width: 720px)").matches);

  return {
    toggle() {
      show(document.body.dataset.sheet !== "open");
    },
    /**
     * Add a panel; panels stand by `order`, then as they came.
     * @param {{id: string, title: string, element: HTMLElement, order?: number, open?: boolean}} panel
     */
    add({ id, title, element: content, order = 50, open = true }) {
      const panel = document.createElement("details");
      panel.className = "panel";
      panel.id = `panel-${id}`;
      panel.dataset.test = `panel-${id}`;
      panel.dataset.order = String(order);
      panel.open = open;
      const summary = document.createElement("summary");
      summary.textContent = title;
      panel.append(summary, content);
      const after = [...element.children].find((other) => Number(other.dataset.order) > order);
      element.insertBefore(panel, after ?? null);
      panel.addEventListener("toggle", () => hub.emit("panel", { id, open: panel.open }));
      return panel;
    },
  };
}

/**
 * An element with attributes and children: text is always text.
 * @param {string} tag
 * @param {Record<string, any>} attributes `on...` are listeners
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}
