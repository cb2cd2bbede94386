// Where the page begins.
import { start } from "./app.js";

start();
