// Which saves of each place this page has seen or sent: numbers in the order of the questions, and then
// of the run, in a hidden field, such as “3 0 7.12”. Where the server keeps any other, somebody else
// has saved.

import { RUN } from "./test-fields.js";

// As many as the server reads.
const MOST = 50;

/** Without a connection they become many: of those, the server has one of the first, or of the last. */
function limited(saves) {
  return saves.length > MOST ? [...saves.slice(0, MOST / 2), ...saves.slice(-MOST / 2)] : saves;
}

function read(field) {
  return field.value.split(" ").map((saves) => saves.split(".").map(Number));
}

function indexOf(place, all) {
  return place === RUN ? all.length - 1 : place - 1;
}

export class KnownSaves {
  constructor(field) {
    this.field = field;
  }

  of(place) {
    const all = read(this.field);
    return all[indexOf(place, all)] ?? [];
  }

  add(place, saves) {
    const all = read(this.field);
    all[indexOf(place, all)] = limited([...new Set([...this.of(place), ...saves])]);
    this.field.value = all.map((each) => each.join(".")).join(" ");
  }

  /** The server has kept `save` here: what was sent before it can be kept there no more. */
  settle(place, save) {
    const all = read(this.field);
    const [drawn, ...sent] = this.of(place);
    all[indexOf(place, all)] = [drawn, ...sent.filter((each) => each >= save)];
    this.field.value = all.map((each) => each.join(".")).join(" ");
  }

  /** Whether the number that the server drew for this place is among `saves`. */
  areOf(place, saves) {
    return this.of(place).some((save) => saves.includes(save));
  }

  get newest() {
    return Math.max(...read(this.field).flat());
  }
}
