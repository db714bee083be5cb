// The page that compares runs: draws their curves, and follows those that still train.

import { chart } from "./compare-charts.js";
import { get, poll } from "./poll.js";
import { swap } from "./swap.js";

/** Changes when the tables have something new to say: a state, or one more epoch. */
function newsOf(runs) {
  return runs.map(({ state, points }) => `${state} ${Math.floor(points.at(-1)?.[0] ?? 0)}`).join();
}

function begin(root) {
  const { curvesUrl, tablesUrl, epochs } = root.dataset;
  const tables = root.querySelector("[data-compare-tables]");
  let charts = null;
  // What the server drew of runs that were active then may be old by now.
  let news = "active" in root.dataset ? "" : null;

  function draw({ runs }) {
    const hosts = [...root.querySelectorAll("[data-compare-plot]")];
    charts ??= hosts.map((host) => chart(host, Number(epochs), runs.length));
    for (const drawChart of charts) drawChart(runs);
  }

  /** A run's name tells the data it was trained on, which is not known before it has ended. */
  function rename() {
    const names = [...tables.querySelectorAll("[data-run-row] a")];
    for (const [number, link] of root.querySelectorAll(".compare-legend a").entries()) {
      link.textContent = names[number].textContent;
    }
  }

  async function refresh() {
    const swapped = swap(tables, await (await get(tablesUrl)).text(), "#final-title");
    if (swapped) rename();
    return swapped;
  }

  async function look() {
    const shown = await (await get(curvesUrl)).json();
    draw(shown);
    const latest = newsOf(shown.runs);
    const isFirst = news === null;
    if (latest !== news && (isFirst || (await refresh()))) news = latest;
    if (shown.active) return true;
    if (!isFirst) say(shown);
    return latest !== news;
  }

  function say({ runs }) {
    root.querySelector("[data-compare-said]").textContent = `All ${runs.length} runs have ended.`;
  }

  root.classList.add("is-ready");
  poll(look);
}

const root = document.querySelector("[data-compare]");
if (root) begin(root);
