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
  /** What a scheduler warns about, and what it rejects. */
  scheduler: {
    ended: (name: string, source: string, now: string) =>
      `${name} has ended: ${source} has no run after ${now}`,
    wasEnded: (name: string) => `${name} has ended and will not run. To start it over: reset ${name}`,
    wereEnded: (jobs: number, names: string) =>
      `${number(jobs)} jobs have ended and will not run: ${names}. To start one of them over: reset <job>`,
    ignoresAbort: (name: string, timeout: string, isSkipping: boolean) =>
      `${name} timed out after ${timeout} but is still running (it ignores context.signal)${isSkipping ? "; new runs are skipped until it finishes" : ""}`,
    tookTooLong: (name: string, timeout: string) => `${name} took longer than ${timeout}`,
    wasCancelled: (name: string) => `${name} was cancelled`,
    endedAs: (name: string, outcome: string) => `${name} was ${outcome}`,
    stopping: "the scheduler is stopping",
    failedInARow: (runs: number) => `${number(runs)} runs in a row failed`,
    pausedElsewhere: "by another process",
    nothingStarts: (why: string) => `nothing is started: ${why}`,
    neverRan: (jobs: number, script: string) =>
      `${count(jobs, "job")} ${jobs === 1 ? "was" : "were"} scheduled, but run() was never called, so the script ends here.
            Put  run();  on the last line of ${script}.`,
    theScript: "the script",
    tooLate: (jobs: number) =>
      `${count(jobs, "job")} ${jobs === 1 ? "was" : "were"} scheduled after run() had ended, and will not run.`,
    unreadableError: "an error that cannot be read",
    unprintable: "a value that cannot be printed",
    /** What was expected where something else was given. */
    expected: {
      job: "a job that do(…) returned",
      jobOrTag: "a job that do(…) returned, or a tag",
      clock: 'a clock, as in createScheduler({ clock: new VirtualClock("2026-03-28T12:00:00Z") })',
      store: 'a store, as in run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite"',
      reschedule: "a schedule without do, as in job.reschedule(every(10).minutes)",
      comingMoment: "a schedule with a moment that is still to come",
      countForAll:
        "a number of runs for the whole, every(…).or(…).times(3), or a job for each part: a scheduler counts the runs of a job",
      uniqueName: (example: string) => `a name of its own, as in .named(${example})`,
      listener: "a function behind the name",
      options: "run() without options, or all options in the first call",
      notBefore: (from: string) => `a moment that is not before ${from}`,
    },
    /** What an error is about. */
    about: {
      never: "This would never run",
      countOfPart: "times(n) inside or(…)",
      sameName: (name: string, sources: string) =>
        `Two jobs are named ${name}${sources}, and a stored job is found by its name`,
      sources: (first: string, second: string) => `, ${first} and ${second}`,
      noName: "A stored job needs a name",
      secondRun: "A second run(…) with other options while the first one is running",
    },
  },
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
