// Follows a sweep: the server draws its chart and table, this fetches them again while it goes on.

import { get, poll } from "./poll.js";
import { swap } from "./swap.js";

const root = document.querySelector("[data-sweep]");
let shown = null;

async function look() {
  if (!root.querySelector("[data-active]")) return false;
  const html = await (await get("?part=shown")).text();
  // The status is read out when it is put in: only when it says something new.
  if (html !== shown && swap(root, html, ".sweep")) shown = html;
  return true;
}

if (root) poll(look);
