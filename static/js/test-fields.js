// What a learner has put into the sheet of a test, as plain data: { "choice-1": ["a1b2c3"], … }. It has
// places: one for each question, named by its number, and one for the run that the end starts.

export const RUN = "run";
const RUN_FIELDS = ["predicted_percent", "seed"];
const OURS = new RegExp(`^(?:(?:choice|flag)-\\d+|${RUN_FIELDS.join("|")})$`);
const TYPED = new Set(["text", "number"]);

/** Whether an element is an answer, a flag, or says how to train. */
export function isOurs(element) {
  return OURS.test(element.name ?? "");
}

/** Whether an element is written into, letter by letter. */
export function isTyped({ type }) {
  return TYPED.has(type);
}

function placeOf(name) {
  return RUN_FIELDS.includes(name) ? RUN : name.split("-")[1];
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
  for (const element of [...form.elements].filter(isOurs)) {
    const { name, value, defaultValue, defaultChecked } = element;
    if (isTyped(element)) found[name] = [defaultValue];
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

/** The places where something is not the same here and there. */
export function changedPlaces(here, there) {
  return new Set(Object.keys(changedFields(here, there)).map(placeOf));
}

export function alike(here, there) {
  return changedPlaces(here, there).size === 0;
}

/** The fields of one place, empty ones too. */
export function fieldsAt(place, fields) {
  const names = place === RUN ? RUN_FIELDS : [`choice-${place}`, `flag-${place}`];
  return Object.fromEntries(names.map((name) => [name, fields[name] ?? []]));
}

/** Puts values into the fields of these names; the others stay. */
export function putIn(form, fields) {
  for (const element of [...form.elements].filter(({ name }) => name in fields)) {
    const values = fields[element.name];
    if (isTyped(element)) element.value = values[0] ?? "";
    else element.checked = values.includes(element.value);
  }
}
