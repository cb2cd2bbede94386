// What happens on the page, told to whoever listens: modules know the hub and not one another.
//
//   "hover"     {index}                   the point under the pointer; -1 is none
//   "pick"      {index, source}           a point was clicked, or reached by keys
//   "selection" {indices}                 Uint32Array; empty is none
//   "gesture"   {points, places, closed}  [[x, y], ...] as drawn, and the places of the map (of two or three axes)
//                                         that it goes through; `points` empty clears it
//   "tool"      {tool}                    "pointer", "line", "loop", "lasso" or "turn"
//   "colour"    {column}                  the column that the points are coloured by
//   "theme"     {theme}                   "light" or "dark"
//   "layout"    {layout}                  "map" or "grid"
//   "turn"      {side}                    the map was turned; the side that is seen, see turning.js
//   "painted"   {}                        the first points are drawn
//   "drawn"     {}                        all points in view are drawn
//   "played"    {indices}                 points that began to sound
//   "labels"    {names, of}               labels that were given by hand, here or on another page; -1 is none
//   "stop"      {}                        all sound is to stop (Escape)
//   "values"    {...}                     live parameters by path

/**
 * @returns {{on: (name: string, hear: (value: any) => void) => () => void,
 *            emit: (name: string, value?: any) => void}} `on` gives what stops listening.
 */
export function createHub() {
  /** @type {Map<string, Set<(value: any) => void>>} */
  const listeners = new Map();
  return {
    on(name, hear) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name).add(hear);
      return () => listeners.get(name).delete(hear);
    },
    emit(name, value = {}) {
      for (const hear of [...(listeners.get(name) ?? [])]) {
        try {
          hear(value);
        } catch (error) {
          // One listener's mistake must not silence the others.
          console.error(error);
        }
      }
    },
  };
}
