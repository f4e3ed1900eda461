// A slider of times under the map; each step asks for the sites of that time.
import { periodText } from "../lib/times.js";
import { el } from "../lib/words.js";

const STEP_MS = 1200;

/** Times: epoch seconds, ascending. `show(at)` loads and resolves when the map has it. */
export function timeSlider(host, times, span, labels, show) {
  const input = el("input", { type: "range", min: 0, max: times.length - 1, step: 1, value: times.length - 1, "aria-label": labels.time });
  const output = el("output", {}), button = el("button", { type: "button", class: "btn btn-sm" }, labels.play);
  const say = () => { output.textContent = periodText(times[input.value], span); input.setAttribute("aria-valuetext", output.textContent); };
  let running = false, waiting = 0;
  const go = async () => { say(); await show(times[input.value]); };
  const run = async () => {
    if (!running) return;
    input.value = (Number(input.value) + 1) % times.length;
    await go();
    waiting = setTimeout(run, STEP_MS);
  };
  input.addEventListener("input", () => { say(); clearTimeout(waiting); waiting = setTimeout(go, 150); });
  button.addEventListener("click", () => { running = !running; button.textContent = running ? labels.pause : labels.play; clearTimeout(waiting); if (running) run(); });
  say();
  host.append(el("div", { class: "qy-map__times" }, button, input, output));
}
