// Replaces a part of the page with what the server has drawn anew.

/** Puts `html` into `host`, its tables scrolled as they were; false, and nothing, where it is held. */
export function swap(host, html) {
  // Who reads a table with the keyboard is not to lose the place.
  if (host.contains(document.activeElement)) return false;
  const tables = () => [...host.querySelectorAll(".scroll")];
  const places = tables().map((table) => table.scrollLeft);
  host.innerHTML = html;
  for (const [number, table] of tables().entries()) table.scrollLeft = places[number] ?? 0;
  return true;
}
