// Replaces a part of the page with the server's new version.

/** Puts `html` into `host`, its tables scrolled as they were; false, and nothing, where it is held.
 *
 * Throws if `html` holds no `wanted`: a captive portal answers with its own page.
 */
export function swap(host, html, wanted) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  if (!drawn.content.querySelector(wanted)) throw new Error(`no ${wanted} in the answer`);
  // Somebody who reads a table by keyboard must not lose their place.
  if (host.contains(document.activeElement)) return false;
  const tables = () => [...host.querySelectorAll(".scroll")];
  const places = tables().map((table) => table.scrollLeft);
  host.replaceChildren(drawn.content);
  for (const [number, table] of tables().entries()) table.scrollLeft = places[number] ?? 0;
  return true;
}
