/* Copy buttons: they are in the page, hidden, and shown where a script can work them. */

async function copy(part) {
  const said = part.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(part.querySelector("pre").textContent);
    said.textContent = said.dataset.copied;
  } catch {
    said.textContent = said.dataset.refused;
  }
}

for (const part of document.querySelectorAll("[data-copyable]")) {
  const button = part.querySelector("[data-copy]");
  button.parentElement.hidden = false;
  button.addEventListener("click", () => copy(part));
}
