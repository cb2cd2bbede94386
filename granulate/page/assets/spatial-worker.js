// What takes long over many points, beside the page: indices, levels of detail, the grid layout, and large questions.
import { spatialTasks } from "./spatial.js";

const tasks = spatialTasks();

self.onmessage = ({ data: { number, task, ...given } }) => {
  try {
    self.postMessage({ number, result: tasks[task](given) });
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
};
