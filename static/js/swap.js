// Replaces a part of the page with what the server has drawn anew.

/** Puts `html` into `host`, its tables scrolled as they were; false, and nothing, where it is held.
 *
 * Throws where `html` holds no `wanted`: a network that wants a sign-in answers with its own page.
 */
export function swap(host, html, wanted) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  if (!drawn.content.querySelector(wanted)) throw new Error(`no ${wanted} in the answer`);
  // Who reads a table with the keyboard is not to lose the place.
  if (host.contains(document.activeElement)) return false;
  const tables = () => [...host.querySelectorAll(".scroll")];
  const places = tables().map((table) => table.scrollLeft);
  host.replaceChildren(drawn.content);
  for (const [number, table] of tables().entries()) table.scrollLeft = places[number] ?? 0;
  return true;
}
