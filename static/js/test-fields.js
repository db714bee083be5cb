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

/** The names that tell the server which questions are on the page, answered or not. */
export function askedOn(form) {
  const flags = form.querySelectorAll("[name^='flag-']");
  return [...flags].map((flag) => flag.name.replace("flag", "asked"));
}

export function alike(here, there) {
  const names = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...names].every((name) => String(here[name] ?? "") === String(there[name] ?? ""));
}

export function putBack(form, fields) {
  for (const element of [...form.elements].filter(isOurs)) {
    const values = fields[element.name] ?? [];
    if (element.type === "text") element.value = values[0] ?? "";
    else element.checked = values.includes(element.value);
  }
}
