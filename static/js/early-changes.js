// What was typed or chosen before the scripts of a page were there, on a slow connection; or what the
// browser filled in on the way back to it.

function isSelectChanged(select) {
  const options = [...select.options];
  // Without a default, the first of a list is selected.
  const first = select.type === "select-one" && !options.some((each) => each.defaultSelected);
  return options.some((each, at) => each.selected !== (first ? at === 0 : each.defaultSelected));
}

/** Whether a field holds something else than the server has drawn. */
function isChanged(field) {
  if (field.type.startsWith("select")) return isSelectChanged(field);
  if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

/** Tells those who listen by now of each field in a form, or fieldset, that has changed already. */
export function tellEarlyChanges(form) {
  for (const field of [...form.elements].filter(isChanged)) {
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  }
}
