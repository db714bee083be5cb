// Shows times in the reader's zone, and names it. Without this script they are in UTC.

const DAY = { day: "numeric", month: "short", year: "numeric" };
const MINUTE = { ...DAY, hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const STYLES = {
  minute: new Intl.DateTimeFormat("en-GB", MINUTE),
  second: new Intl.DateTimeFormat("en-GB", { ...MINUTE, second: "2-digit" }),
  clock: { format: (moment) => `${HOUR.format(moment)}, ${DATE.format(moment)}` },
};

function tell(time) {
  const style = STYLES[time.dataset.moment];
  const moment = new Date(time.dateTime);
  if (!style || Number.isNaN(moment.getTime())) return;
  const text = style.format(moment);
  if (time.textContent === text) return;
  time.title = time.textContent;
  time.textContent = text;
}

function tellAll(root) {
  if (root.matches?.("time[data-moment]")) tell(root);
  for (const time of root.querySelectorAll?.("time[data-moment]") ?? []) tell(time);
}

tellAll(document);
// Parts of a page are redrawn while it is open.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) addedNodes.forEach(tellAll);
}).observe(document.body, { childList: true, subtree: true });
