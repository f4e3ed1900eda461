// On every page. Loaded as a module: it runs when the page has been read.
import { htmx } from "../lib/requests.js";
import { startDrawer } from "../lib/drawer.js";
import { dressTables } from "../lib/tables.js";
import { startPolls, tellTimes } from "../lib/small.js";
import "../lib/keys.js";

function dress(root) {
  dressTables(root);
  tellTimes(root);
  startPolls(root);
  if (document.querySelector("[data-verify], [data-verify-drop]")) import("./verify.js"); // proofs are checked in the page
}

dress(document);
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => dress(ctx?.target?.isConnected ? ctx.target.parentElement ?? document : document));
startDrawer();
document.documentElement.dataset.script = "ready";
window.htmx = htmx;
