// Puts what a save has changed into the page: the parts that the server has drawn again.

function focusedLink(host) {
  const { activeElement } = document;
  return host.contains(activeElement) ? activeElement.getAttribute("href") : null;
}

export function swapParts(html) {
  const drawn = document.createElement("template");
  drawn.innerHTML = html;
  for (const fresh of drawn.content.querySelectorAll("[data-part]")) {
    const host = document.querySelector(`[data-part="${fresh.dataset.part}"]`);
    // A question with options has no place for the message about numbers.
    if (!host || host.innerHTML === fresh.innerHTML) continue;
    // Who walks through the links with the keyboard is not to lose the place.
    const href = focusedLink(host);
    host.innerHTML = fresh.innerHTML;
    if (href) host.querySelector(`[href="${href}"]`)?.focus({ preventScroll: true });
  }
}
