// The player's buttons, slider and keys.

import { STEP } from "./run-player.js";
import { decimal, fixed, modeText, percent, positionText, readingWords } from "./run-words.js";

const KEYS = { ArrowRight: STEP, ArrowUp: STEP, ArrowLeft: -STEP, ArrowDown: -STEP };
const PAGE_KEYS = { PageUp: 1, PageDown: -1 };

/** Wires the controls in `root` to `act`, which has toggle, seek, move, restart, toEnd, speed. */
export function controls(root, act) {
  const find = (name) => root.querySelector(`[data-run-${name}]`);
  const slider = find("slider");

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = KEYS[event.key] ?? PAGE_KEYS[event.key];
    const onSlider = event.target === slider;
    if (event.key === " " && (onSlider || event.target === event.currentTarget)) act.toggle();
    else if (by && onSlider) act.move(by);
    else return;
    event.preventDefault();
  }

  find("toggle").addEventListener("click", act.toggle);
  find("restart").addEventListener("click", act.restart);
  find("end").addEventListener("click", act.toEnd);
  find("speed").addEventListener("change", (event) => act.speed(Number(event.target.value)));
  slider.addEventListener("input", () => act.seek(Number(slider.value)));
  find("player").addEventListener("keydown", onKey);

  let told = null;

  /** While it plays, the slider's words change with whole epochs only: some hear every change. */
  function tell({ player, reading, epochs }) {
    const known = `${reading.accuracy !== null} ${reading.ofTest === true}`;
    const moment = `${player.playing ? Math.floor(player.at) : player.at} ${known}`;
    if (moment === told) return;
    told = moment;
    slider.setAttribute("aria-valuetext", positionText(player.at, epochs, reading));
  }

  return (view) => {
    const { player, head, ended, atEnd, reading, seen } = view;
    const label = player.playing ? "Pause" : atEnd ? "Replay" : "Play";
    find("toggle-label").textContent = label;
    find("toggle").classList.toggle("is-playing", player.playing);
    slider.value = String(player.at);
    tell(view);
    find("at").textContent = fixed(player.at, 1);
    find("accuracy").textContent = percent(reading.accuracy);
    find("loss").textContent = decimal(reading.loss);
    const { name, of } = readingWords(reading);
    find("accuracy-name").textContent = name;
    find("span").textContent = of;
    find("mode").textContent = modeText(player, head, ended, seen);
  };
}
