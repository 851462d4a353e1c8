/** Runs before the page's own modules have come: the engine takes longest, so it begins first. */
import { engine } from "./engine.js";

engine.start().catch(() => {}); // the page asks again, and tells
