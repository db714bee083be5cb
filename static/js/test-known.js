// Which saves of each question this page has seen or sent: numbers in the order of the questions, in a
// hidden field, such as “3 0 7.12”. Where the server keeps any other, somebody else has saved.

// Of so many saves of one question, one is the latest.
const MOST = 20;

function read(field) {
  return field.value.split(" ").map((saves) => saves.split(".").map(Number));
}

export class KnownSaves {
  constructor(field) {
    this.field = field;
  }

  of(number) {
    return read(this.field)[number - 1] ?? [];
  }

  add(number, saves) {
    const all = read(this.field);
    all[number - 1] = [...new Set([...this.of(number), ...saves])].slice(-MOST);
    this.field.value = all.map((each) => each.join(".")).join(" ");
  }

  /** Whether what the page was drawn with was known when `saves` were. */
  areOf(number, saves) {
    return this.of(number).some((save) => saves.includes(save));
  }

  get newest() {
    return Math.max(...read(this.field).flat());
  }
}
