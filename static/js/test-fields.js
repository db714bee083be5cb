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

/** What the server drew, whatever the learner has put in since. */
export function drawnFieldsOf(form) {
  const found = {};
  for (const { name, type, value, defaultValue, defaultChecked } of [...form.elements].filter(isOurs)) {
    if (type === "text") found[name] = [defaultValue];
    else if (defaultChecked) (found[name] ??= []).push(value);
  }
  return found;
}

/** Here, the fields that are not the same there; empty where they are missing. */
export function changedFields(here, there) {
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])];
  const changed = names.filter((name) => String(here[name] ?? "") !== String(there[name] ?? ""));
  return Object.fromEntries(changed.map((name) => [name, here[name] ?? []]));
}

/** The numbers of the questions whose answer or flag is not the same here and there. */
export function changedNumbers(here, there) {
  const changed = Object.keys(changedFields(here, there));
  return new Set(changed.map((name) => Number(name.split("-")[1])));
}

export function alike(here, there) {
  return changedNumbers(here, there).size === 0;
}

/** The fields of one question, empty ones too. */
export function fieldsAt(number, fields) {
  const names = [`choice-${number}`, `flag-${number}`];
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? []]));
}

/** Puts values into the fields of these names; the others stay. */
export function putIn(form, fields) {
  for (const element of [...form.elements].filter(({ name }) => name in fields)) {
    const values = fields[element.name];
    if (element.type === "text") element.value = values[0] ?? "";
    else element.checked = values.includes(element.value);
  }
}
