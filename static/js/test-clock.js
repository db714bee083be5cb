// Counts down the time that the server said was left when it drew the page.

const ANNOUNCED = [
  [300, "5 minutes left."],
  [60, "1 minute left."],
];
// What is still being written is sent while the server takes it.
const LAST_SAVE = 2;

function written(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** The page's clock starts when its first byte came, and no change of the wall clock moves it. */
function arrival() {
  return performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
}

export function countDown(root, { nearlyOver, over }) {
  const face = root.querySelector("[data-time-left]");
  const said = root.parentElement.querySelector("[data-time-said]");
  const end = arrival() + Number(root.dataset.secondsLeft) * 1000;
  let before = Infinity;

  function passed(mark, left) {
    return before > mark && left <= mark;
  }

  function tick() {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    face.textContent = `Time left: ${written(left)}`;
    for (const [mark, text] of ANNOUNCED) {
      if (before !== Infinity && passed(mark, left)) said.textContent = text;
    }
    if (passed(LAST_SAVE, left)) nearlyOver();
    before = left;
    if (left > 0) window.setTimeout(tick, (end - performance.now()) % 1000 || 1000);
    else over();
  }

  face.hidden = false;
  tick();
}
