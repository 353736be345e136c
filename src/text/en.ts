/** A day in milliseconds. */
const day = 86_400_000;

/** `"1 job"`, `"6 jobs"`, `"120,960 runs"`. */
const count = (n: number, thing: string, things = `${thing}s`): string =>
  `${number(n)} ${n === 1 ? thing : things}`;

/** A whole number, its thousands apart: `"86,400"`. */
const number = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** Every text a person reads. Another language has the same keys, which the compiler checks. */
export type Texts = typeof en;

/** The texts in English. */
export const english = (): Texts => en;

const en = {
  /** What a simulation draws: in the terminal, as a picture and as a page. */
  timeline: {
    jobs: (n: number) => count(n, "job"),
    runs: (n: number) => count(n, "run"),
    missed: (n: number) => `${number(n)} missed`,
    busiest: (when: string, jobs: number) => `busiest minute: ${when} (${count(jobs, "job")})`,
    late: (most: string) => `up to ${most} late`,
    lateFor: (length: string, planned: string) => `${length} late; planned for ${planned}`,
    asleep: (times: number) => `asleep ${count(times, "time")}`,
    noClockChange: (length: number) =>
      `no clock change ${length > 6 * day && length < 8 * day ? "this week" : "in this period"}`,
    clockChange: (change: {
      readonly forward: boolean;
      readonly length: string;
      readonly date: string;
      readonly before: string;
      readonly after: string;
      readonly zone: string | undefined;
    }) =>
      `clocks go ${change.forward ? "forward" : "back"} ${change.length}${change.zone === undefined ? "" : ` in ${change.zone}`} on ${change.date}, ${change.before} to ${change.after}`,
    paused: (names: string) => `paused, so not shown: ${names}`,
    cut: (end: string) => `stops here instead of ${end}: too many runs`,
    notRun: "no job is run",
    neverAgain: "no further run",
    next: (when: string) => `next ${when}`,
    timesIn: (zone: string) => `times in ${zone}`,
    now: "now",
    bar: (runs: number, first: string, last: string) => `${count(runs, "run")}, ${first} to ${last}`,
    everyRun: "Every run, to the second",
    firstRuns: (shown: number, all: number) => `the first ${number(shown)} of ${number(all)} runs`,
    job: "Job",
    legend: {
      run: "one run",
      many: "many runs, too close together to tell apart",
      late: "late",
      missed: "missed",
      asleep: "the machine sleeps",
      clockChange: "clocks change",
    },
    /** The terminal's legend: how many runs a cell stands for. */
    cells: {
      none: "none",
      one: "one",
      some: "2-7",
      many: "8 or more",
      each: "each cell 4 hours",
      runs: "runs",
    },
  },
};
