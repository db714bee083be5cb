// Says changes of state and whole epochs to those who listen: each once, and together what comes
// together.

const GATHER_MILLISECONDS = 400;

/** Returns `say(key, text)`; texts with a key in `known` are not said again. */
export function voice(region, known) {
  const said = new Set(known);
  let waiting = [];
  let timer = null;

  function speak() {
    region.textContent = waiting.join(" ");
    waiting = [];
    timer = null;
  }

  return (key, text) => {
    if (said.has(key)) return;
    said.add(key);
    waiting.push(text);
    timer ??= setTimeout(speak, GATHER_MILLISECONDS);
  };
}
