// Which saves of each place this page has seen or sent: numbers in the order of the questions, and then
// of the run, in a hidden field, such as “3 0 7.12”. Where the server keeps any other, somebody else
// has saved.

import { RUN } from "./test-fields.js";

// Of so many saves of one place, one is the latest.
const MOST = 20;

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
    all[indexOf(place, all)] = [...new Set([...this.of(place), ...saves])].slice(-MOST);
    this.field.value = all.map((each) => each.join(".")).join(" ");
  }

  /** Whether what the page was drawn with was known when `saves` were. */
  areOf(place, saves) {
    return this.of(place).some((save) => saves.includes(save));
  }

  get newest() {
    return Math.max(...read(this.field).flat());
  }
}
