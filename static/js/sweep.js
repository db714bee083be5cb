// Follows a sweep: the server draws its chart and table, this fetches them again while it goes on.

import { get, poll } from "./poll.js";

const root = document.querySelector("[data-sweep]");

async function look() {
  if (!root.querySelector("[data-active]")) return false;
  if (root.contains(document.activeElement)) return true;
  root.innerHTML = await (await get("?part=shown")).text();
  return true;
}

if (root) poll(look);
