// What a learner has put into the sheet of a test, as plain data: { "choice-1": ["a1b2c3"], … }.

const OURS = /^(choice|flag)-\d+$/;

/** Whether an element is an answer or a flag; the fields that start the run are neither. */
export function isOurs(element) {
  return OURS.test(element.name ?? "");
}

export function fieldsOf(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (OURS.test(name)) (found[name] ??= []).push(value);
  }
  return found;
}

/** The numbers of the questions whose answer or flag is not the same here and there. */
export function changedNumbers(here, there) {
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  const changed = [...names].filter((name) => !isSame(name, here, there));
  return new Set(changed.map((name) => Number(name.split("-")[1])));
}

function isSame(name, here, there) {
  return String(here[name] ?? "") === String(there[name] ?? "");
}

export function alike(here, there) {
  return changedNumbers(here, there).size === 0;
}

export function putBack(form, fields) {
  for (const element of [...form.elements].filter(isOurs)) {
    const values = fields[element.name] ?? [];
    if (element.type === "text") element.value = values[0] ?? "";
    else element.checked = values.includes(element.value);
  }
}
