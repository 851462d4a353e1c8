/** imgly as its README shows it, with the files on this server; the address tells the model. */
import { removeBackground } from "./imgly/index.mjs";
import { visit } from "./visit.js";

const publicPath = new URL("imgly-data/", location.href).href;
const model = new URLSearchParams(location.search).get("model");
const config = model ? { publicPath, model } : { publicPath };

visit(Promise.resolve((photo) => removeBackground(photo, config)));
