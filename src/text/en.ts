import { count, day, number, quote, usage } from "./values.ts";

/** `"3 "` of several, nothing for one. */
const several = (n: number): string => (n > 1 ? `${number(n)} ` : "");

/** `", too late to catch up"`; nothing where the reason is unknown. */
const because = (why: string | undefined): string => (why === undefined ? "" : `, ${why}`);

/** `"at 02:30"`, `"yesterday 02:30"`. */
const at = (when: string): string => (/^\d/.test(when) ? `at ${when}` : when);

/** `"from 00:17 to 07:58"`. */
const span = (from: string, to: string | undefined): string =>
  to === undefined ? `since ${from}` : `from ${from} to ${to}`;

/** `"1st"`, `"2nd"`, `"11th"`. */
const ordinal = (n: number): string => {
  const last = n % 100 >= 11 && n % 100 <= 13 ? 0 : n % 10;
  return `${n}${["th", "st", "nd", "rd"][last] ?? "th"}`;
};

/** What happens to one wall time, or to several, that a clock change repeats. */
const twice = (n: number): string => (n === 1 ? "occurs twice, runs" : "occur twice, run");

/** Every text a person reads. Another language has the same keys, which the compiler checks. */
export type Texts = TextsLike<typeof en>;

/** The same keys, parameters and kinds of values, whatever the texts say. */
export type TextsLike<T> = T extends string
  ? string
  : T extends (...values: infer V) => infer R
    ? (...values: V) => TextsLike<R>
    : { readonly [K in keyof T]: TextsLike<T[K]> };

/** The texts in English. */
export const english = (): Texts => en;

const tlsOrNot = "redis:// for a plain connection, rediss:// for TLS";
const otherQueue = "to delete that key, or another queue: bullmq(url, { queue })";

/** What may stand in a phrase. */
const kinds = {
  frequency: '"every …"',
  onDays: "days",
  atTimes: "a time",
  inWindow: "a window",
  bounds: "a start or an end",
  except: "an exception",
  inZone: "a time zone",
  amount: 'a length such as "15 minutes"',
  number: "a number",
  unit: "a unit of time",
  clock: "a time of day",
  window: "two times of day",
  minutes: "minutes",
  weekday: "a day of the week",
  month: "a month",
  nth: "first, second … last",
  monthDay: "a day of the month",
  scope: '"of the month"',
  date: "a date",
  day: "a day",
  point: "a day or a time",
  part: "a part of the day",
  exclusion: "days or times",
};

/** Each outcome of an occurrence. */
const outcomes = {
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "timed out",
  cancelled: "cancelled",
  skipped: "skipped",
  coalesced: "merged into the next run",
  expired: "too late to catch up",
  interrupted: "interrupted",
  dropped: "dropped",
};

/** Why an occurrence did not start. */
const reasons = {
  overlap: "the last run was still running",
  queueFull: "too many runs were waiting",
  paused: "the job was paused",
  onlyIf: "its .onlyIf(…) was false",
  unless: "its .unless(…) was true",
  conditionFailed: "its condition threw",
  notCaughtUp: 'not caught up because of .catchUp("skip")',
  tooLate: "too late to catch up",
};

const en = {
  /** What a store in a file warns about, and what it rejects. `file` is its name. */
  store: {
    /** What is wrong with the file. */
    trouble: {
      full: "cannot be written: the disk is full",
      "read-only": "cannot be written: it is read-only",
      locked: "has been locked by another program for more than 5 seconds",
      damaged: "is damaged",
      unreachable: "cannot be opened or written",
      gone: "was deleted or moved while in use",
      replaced: "was replaced by another file while in use",
      truncated: "was truncated while in use",
      "log-gone": "has lost its -wal or -shm file while in use",
      outdated: "has lost records that were written to it",
    },
    warning: (file: string, trouble: string, consequence: string) => `${file} ${trouble}. ${consequence}`,
    waitsForFile:
      "Nothing starts until the original file is back; to use what is there now, restart the script.",
    waitsForWrite: "Nothing starts until the file can be written again.",
    usesMemory:
      "Jobs continue from memory; new records are lost if the script ends before the file can be written again.",
    recovered: (file: string) => `${file} can be written again.`,
    unreadableRecords: (file: string, job: string) =>
      `${file} is damaged: records of past runs of ${job} are left out.`,
    movedAside: (file: string, why: string, aside: string) =>
      `${file} is damaged (${why}). It was moved to ${aside}; schedules restart from now, and missed runs are not caught up.`,
    missing: (file: string) =>
      `${file} was deleted or moved since it was last used; schedules restart from now.`,
    isAnother: (file: string) =>
      `${file} is not the store that was last used here. Jobs continue from what it holds; later runs may be repeated.`,
    isOlder: (file: string) =>
      `${file} is older than when it was last used: a copy was put in its place, or its -wal was removed. Jobs continue from what it holds; later runs may be repeated.`,
    /** Why a file counts as damaged. */
    damage: {
      truncatedInUse: "it was truncated while in use",
      missingBesideLog: "it was deleted, but its -wal was not",
      truncatedBesideLog: "it was truncated, but its -wal was not",
      truncatedTo: (bytes: number) => `it was truncated to ${count(bytes, "byte")}`,
      content: "its content is not what onthedot wrote",
    },
    /** Why a job starts over, or is not where it was. */
    startsOver: (job: string, why: string) => `${job}: ${why}, so it starts over from now`,
    scheduleChanged: (before: string) => `its schedule changed from ${before}`,
    zoneChanged: (before: string) => `its zone changed from ${before}`,
    registeredInFuture: (when: string) => `it was first registered on ${when}, which is in the future`,
    unreadableSchedule: "its stored schedule cannot be read",
    decidedInFuture: (job: string, when: string) =>
      `${job}: its last recorded run is at ${when}, which is in the future; it continues from now`,
    runsAgain: (job: string, runs: number, when: string) =>
      `${job}: ${runs === 1 ? `its run of ${when} was` : `${number(runs)} of its runs were`} interrupted, and will run again`,
    interrupted: (job: string, runs: number, when: string) =>
      `${job}: ${runs === 1 ? `its run of ${when} was` : `${number(runs)} of its runs were`} interrupted when the script ended`,
    /** What an error is about. */
    about: {
      unusable: (file: string, trouble: string) =>
        `${file} ${trouble}; { strict: true } starts nothing without it`,
      foreign: (file: string) => `${file} is a file of another program and was left unchanged`,
      hardLink: (file: string) =>
        `${file} is a hard link to a store, and SQLite finds the log of a store by one name only`,
      older: (file: string) => `${file} is in use by an older onthedot, which cannot read the new format`,
      newer: (file: string, format: number) => `${file} was written by a newer onthedot (format ${format})`,
      setting: (name: string, file: string) => `SQLite's ${name} for ${file}`,
      running: (script: string, pid: number, since: string, file: string, job: string | undefined) =>
        `${script} is already running (pid ${pid}, since ${since}) on ${file}, and ${job === undefined ? "its jobs" : `its job ${job}`} would run twice`,
      noSqlite: (version: string, peer: string) =>
        `Node ${version} has no built-in SQLite, and ${peer} is not installed`,
    },
    /** What was expected where something else was given. */
    expected: {
      writable: "a file that can be written",
      ownFile: "a file of its own for the jobs",
      firstName: "the name under which the store was created, or a copy of the file",
      stoppedFirst: "that process to be stopped first",
      format: (current: number) => `format ${current}: upgrade onthedot, or use another file`,
      setting: (value: string | number) => `${value}: otherwise data can be lost`,
      path: 'the path of a file, as in sqlite("jobs.db")',
      folder: (folder: string) => `a file in an existing folder: ${folder} does not exist`,
      notFolder: "a file, and this is a folder",
      regularFile: "a regular file, and this is a device, a pipe or a socket",
      localDisk: (folder: string, network: string) =>
        `a file on a disk of this machine: ${folder} is on ${network}, where SQLite's locks do not work`,
      stoppedOrMultiple:
        "that process to be stopped first, or --allow-multiple or { allowMultiple: true } here",
      peer: (peer: string) => `it to be installed: npm install ${peer}@1`,
    },
  },
  /** What a scheduler warns about, and what it rejects. */
  scheduler: {
    ended: (name: string, source: string, now: string) =>
      `${name} will not run because its time has passed: ${source} (now ${now})`,
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
    /** What was expected where something else was given. */
    expected: {
      job: "a job that do(…) returned",
      jobOrTag: "a job that do(…) returned, or a tag",
      clock: 'a clock, as in createScheduler({ clock: new VirtualClock("2026-03-28T12:00:00Z") })',
      store: 'a store, as in run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite"',
      reschedule: "a schedule without do, as in job.reschedule(every(10).minutes)",
      comingMoment: "a schedule with at least one future run",
      countForAll:
        "one number for the whole, every(…).or(…).times(3), or a job for each part: runs are counted per job",
      uniqueName: (example: string) => `a unique name, as in .named(${example})`,
      listener: "a function after the name",
      options: "run() without options, or all options in the first call",
      notBefore: (from: string) => `a moment that is not before ${from}`,
      fewerRuns: "a span with fewer than a million runs",
      endAt: (moment: string) => `an end at ${moment}`,
      tag: "the tag of a job; a delay is an option",
    },
    /** What an error is about. */
    about: {
      never: "This would never run",
      countOfPart: "times(n) inside or(…)",
      sameName: (name: string, sources: string) =>
        `Two jobs are named ${name}${sources}, and a stored job is found by its name`,
      sources: (first: string, second: string) => `, ${first} and ${second}`,
      noName: "A stored job needs a name",
      clock: "Clock",
      store: "Store",
      event: "Event",
      simulation: "Simulation",
      secondRun: "A second run(…) with other options while the first one is running",
    },
  },
  /** What is wrong with a phrase: what was expected where something else stands. */
  phrases: {
    name: "Phrase",
    oneOf: (readings: readonly string[]) => readings.map((reading) => JSON.stringify(reading)).join(" or "),
    listOf: (names: readonly string[]) =>
      names.length < 2
        ? (names[0] ?? "the end of the phrase")
        : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`,
    and: " and ",
    daysWithoutTime: (unit: string) => `days of every ${unit} without a time, or "every ${unit}" left out`,
    wholeNumberOf: (unit: string) => `a whole number of ${unit}s`,
    zone: (accepted: string | undefined) => accepted ?? "a time zone",
    codedZone: (code: string) => `an IANA name such as "Europe/Berlin", as ${code} means several zones`,
    hoursBefore: (half: string) => `hours from 1 to 12 before "${half}"`,
    hourIn: (part: string) =>
      `an hour that belongs to the ${part === "dawn" || part === "early" ? "early morning" : part}`,
    fromTo: (from: string, to: string) => `${from} to ${to}`,
    pastMidnight: (from: string, to: string) => `${from} to ${to}, past midnight`,
    dayUpTo: (most: number) => `a day from the 1st to the ${most}${most % 10 === 1 ? "st" : "th"}`,
    nthWorkday: "the 1st to the 23rd workday",
    nthWeekday: "the 1st to the 5th such day of a month",
    monthHas: (days: number) => `a day that exists: that month has ${days} days`,
    moreThanOneRun: (unit: string) =>
      `limits that leave more than one run of "every ${unit}", or "every ${unit}" left out`,
    everyOneOfThese: "every one of these days",
    comingOne: "the coming one",
    firstOfMonth: "on the first such day of the month",
    everyOfMonth: "on every such day of the month",
    ofEveryMonth: "of every month",
    ofThisMonth: "of this month",
    every: (unit: string) => `every ${unit}`,
    minutesOfHour: (minutes: readonly number[]) => `every hour at minutes ${minutes.join(" and ")}`,
    atSecond: (minutes: number, second: number) => `every ${minutes} minutes, at second ${second}`,
    atMostCharacters: (most: number) => `at most ${most} characters`,
    example: 'a phrase such as "every day at 9am"',
    repeating: "something that repeats; once(…) and when(…) take single moments",
    oneMoment: "one moment",
    singleMoment: "a single moment; every(…) and when(…) take what repeats",
    repeatHowOften: 'the frequency again, such as "every day"',
    notInParentheses: "this inside the parentheses",
    timeForEach: "a time for each of the schedules",
    ofTheMonth: '"of the month" as well',
    andBetween: '"and" between two schedules',
    oneOfTwo: "one of the two, not both",
    fromOne: "a number of at least 1",
    wholeMilliseconds: "whole milliseconds",
    sameKindOfLength: "lengths of one kind: weeks and days, or years and months",
    atMost100Years: "at most 100 years",
    elapsedOrDays: "either elapsed time or whole days",
    fromZero: (what: "hours" | "minutes" | "seconds" | "numbers", most: number) =>
      `${what} from 0 to ${most}`,
    asWell: (what: "clock" | "weekday" | "monthDay" | "month") => `${kinds[what]} as well`,
    once: (what: "days" | "month" | "time") => `the ${what} once`,
    alone: (what: "days" | "moment" | "time") => `the ${what} alone`,
    edge: (side: "start" | "end", unit?: string) =>
      `the ${side} of ${unit === undefined ? "that month" : `next ${unit}`}`,
    smallerFirst: "the smaller number first",
    twoLengths: "two lengths below a day, the shorter one first, and the step between them",
    smallerBelow60: "the smaller number first, and both below 60",
    monthDay: "a day of the month from the 1st to the 31st",
    oneEndOf: (unit: "quarter" | "year") => `days from one end of the ${unit}`,
    outerMonthOf: (unit: "quarter" | "year") => `a day in the first or last month of the ${unit}`,
    weekdayOfDate: "the weekday of that date, or the date alone",
    stillToCome: "a moment in the future",
    existingMoment: 'a moment that exists, as in "2027-02-03 04:05"',
    exact: "an exact number, day or time",
    timeWithDay: 'a time whose day is clear, such as "00:00"',
    endOrLength: "either an end or a length",
    endAfterStart: "an end after the start",
    runsAtLeastOnce: "a schedule that runs at least once",
    everyInFront: '"every" in front, as this is a single moment',
    lengthOrDay: "either a length from now or a day",
    wholeDaysBeforeTime: "whole days before a time of day",
    howOftenOrWhen: 'how often, such as "every day", or when',
    oneDay: "one day",
    howOftenDayOrYear: 'how often, such as "every day" or "every year"',
    existingDay: "a day that exists",
    intervalAsWell: '"every 15 minutes" or another interval as well',
    howOftenInWindow: 'how often in that window, such as "every 30 minutes"',
    timesInWindow: "times inside the window",
    intervalOrTimes: "either an interval or times of the day",
    alignedOrFree: "either marks of the clock or a fixed delay",
    dividesDay: "a length that divides a day evenly",
    noDays: "no days with such an interval",
    oneOrDays: 'one of the two, or days such as "on monday" as well',
    intervalOrMinutes: "either the interval or minutes of the hour",
    whichDays: 'which days, such as "every day in may" or "the 1st of may"',
    daysWithoutRandom: "days without a random step",
    dayOfQuarter: 'a day of the quarter, such as "the first monday"',
    everyDayOrDays: 'either "every day" or certain days',
    dayOfLateTime: 'its day, as in "saturday at 1am"',
    timesOrMinutes: "either times or minutes of the hour",
    everyHourOrMinute: '"every hour" or "every minute" as well',
    marksOfClock: "marks of the clock, such as minutes and hours",
    timeApart: "the time separate from the limit",
    quarterHour: "a quarter of an hour",
    twoMonthDays: "two days from the 1st to the 31st",
    oneReadingDate: 'an unambiguous date, such as "2027-07-04"',
    daysOrTimesOut: "an exception of either days or times",
    countOfRuns: "a number of runs from 1 to 100,000",
    howFarApart: "an interval, or times",
    kinds,
  },
  /** What is wrong with a cron expression. */
  cron: {
    momentAs: (call: string) => `a moment as ${call}`,
    phraseAs: (call: string) => `a phrase as ${call}`,
    noComment: "no comment after it",
    about: (what: string) => `Cron ${what}`,
    expression: "expression",
    nickname: "nickname",
    example: 'text, such as "0 9 * * mon-fri"',
    step: (field: string) => `${field} step`,
    beforeLast: "number of days before the last",
    whichWeekday: "which one of a weekday in the month",
    whichOnes: "#1 to #5, or L for the last: fri#2, friL",
    upTo: (from: string, to: string) => `${from} to ${to}`,
    longer: (example: string) => `; ${example} counts longer ones`,
    bothSides: "something on both sides of each comma",
    nothingAfter: (text: string) => `nothing more after ${text}`,
    every: (example: string) => `${example}, which counts elapsed time`,
    reboot: ".immediately() on any schedule, which also runs it once at the start",
    interval: (example: string) => `an interval as ${example}, which counts elapsed time`,
    insideAlone: "only the text inside cron(…)",
    aws: "; the sixth field of AWS is the year, and its weekday 1 is Sunday",
    zoneBehind: (example: string) => `the zone after it: ${example}`,
    zoneAs: (example: string) => `the zone as ${example}`,
    commandAs: (example: string) => `a command as ${example}`,
    jenkins:
      'a number: H is from Jenkins, which derives one from the job name; .jitter("10 minutes") spreads jobs here',
    noBlanks: "no spaces inside a field",
    fiveFields: "five fields (minute, hour, day of the month, month, weekday), or six with the second first",
    quartzYear:
      '; Quartz\'s seventh field is the year: leave it out, or end the schedule with .until("2027-12-31")',
    noCommand: "; a command does not belong here",
    never: (most: number) => `a day that the month has, at most ${most}: this would never run`,
    starBesideRule: "* as the day of the month beside a weekday with # or L",
    workdayBesideNear: "a day from Monday to Friday beside W: this would never run",
    /** What a field is called, and what it takes. */
    fields: {
      second: { name: "second", range: "0 to 59", accepted: "*, or 0 to 59" },
      minute: { name: "minute", range: "0 to 59", accepted: "*, or 0 to 59" },
      hour: { name: "hour", range: "0 to 23", accepted: "*, or 0 to 23" },
      day: {
        name: "day of the month",
        range: "1 to 31",
        accepted:
          "*, 1 to 31, L (the last), L-2, LW (the last workday) or 15W (the workday nearest to the 15th)",
      },
      month: { name: "month", range: "1 to 12 or jan to dec", accepted: "*, 1 to 12 or jan to dec" },
      weekday: {
        name: "weekday",
        range: "0 to 7 (0 and 7 are Sunday) or sun to sat",
        accepted:
          "*, 0 to 7 (0 and 7 are Sunday), sun to sat, fri#2 (the second of the month) or friL (the last)",
      },
    },
  },
  /** What a simulation draws: in the terminal, as a picture and as a page. */
  timeline: {
    jobs: (n: number) => count(n, "job"),
    runs: (n: number) => count(n, "run"),
    missed: (n: number) => `${number(n)} missed`,
    busiest: (when: string, jobs: number) => `busiest minute: ${when} (${count(jobs, "job")})`,
    late: (most: string) => `up to ${most} late`,
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
  /** What a schedule, an option or a value rejects. `accepted` ends "expected …", `what` begins the message. */
  errors: {
    message: (error: {
      readonly what: string;
      readonly given: string | undefined;
      readonly accepted: string | undefined;
      readonly nearest: string | undefined;
    }) => {
      const got = error.given === undefined ? "" : `: got ${error.given}`;
      const nearest = error.nearest === undefined ? "" : ` Did you mean ${error.nearest}?`;
      if (error.accepted === undefined) return `${error.what}${got}.${nearest}`;
      return nearest !== "" && error.accepted.length > 60
        ? `${error.what}${got}.${nearest} Expected ${error.accepted}.`
        : `${error.what}${got}${got === "" ? ":" : ","} expected ${error.accepted}.${nearest}`;
    },
    /** How a value is shown that has no text of its own. */
    values: {
      unreadable: "a value that cannot be shown",
      function: (name: string) => `function ${name || "(anonymous)"}`,
      invalidDate: "an invalid Date",
      promise: "a Promise",
      object: (name: string, text: string) =>
        `${name.startsWith("object") ? "an " : name.startsWith("duration") ? "a " : ""}${name}${text && ` ${text}`}`,
    },

    whole: (least: number, most: number) => `a whole number from ${least} to ${most}`,
    after: (word: string, before: string) => `.${word} after ${before}`,
    unknownWord: (word: string) => `unknown word .${word}`,
    arguments: {
      what: (word: string, most: number) =>
        `${word}(…) with more than ${most === 1 ? "1 argument" : `${most} arguments`}`,
      accepted: (most: number) => (most === 0 ? "no argument" : `at most ${most}`),
    },
    options: {
      all: (word: string) => `Options of ${word}`,
      one: (word: string) => `Option of ${word}`,
    },
    label: {
      what: { name: "Name of a job", tag: "Tag of a job", reminder: "Text of a reminder" },
      accepted: "text of 1 to 200 characters",
    },
    task: {
      notAFunction:
        "a function; write .do(job, …) or .do(() => job(…)), because .do(job()) calls it at once and passes its result",
      condition: (word: string) => `a function, as in .${word.replace("…", "() => isAtHome()")}`,
      generator: {
        what: ".do(…) with a generator (function*)",
        accepted: "a function without the star, or .do(async () => { for await (const step of job()) … })",
      },
      class: { what: ".do(…) with a class", accepted: "a function, as in .do(() => new Report().send())" },
    },
    calendar: {
      missing: (name: string) => `${name} is not installed`,
      country: "holidays(country)",
      state: (of: string) => `The state of ${of} in holidays(…)`,
      region: (of: string) => `The region of ${of} in holidays(…)`,
      workdays: "workdays(country)",
      none: "nothing here: it has no such parts",
      ics: "The calendar file",
      events: "a file with events (VEVENT)",
      noRules: "events without a rule (RRULE): list each day",
      date: "dates such as 2026-12-24",
    },
    never: {
      what: (schedule: string) => `${schedule} would never run`,
      accepted: (now: string) => `at least one moment after now, ${now}`,
    },

    /** `every(…)`. */
    every: {
      count: (least: number) => `a whole number of at least ${least}`,
      countOrPhrase: 'a whole number of at least 1, or a phrase such as "weekday at 9am"',
      single: (word: string) => `1: .${word} only follows every()`,
      hundredYears: (most: number) => `at most ${most}: a hundred years`,
      noUnit: {
        what: (word: string, count: string) => `.${word}(…) after every(${count})`,
        accepted: (word: string, count: string) =>
          `a unit first: every(${count}).${count === "" ? "hour" : "hours"}.${word}(…)`,
      },
    },
    at: {
      together: 'all times in one call: .at("08:00", "12:00")',
      either: (word: string) => `either .at(…) or .${word}()`,
      seconds: 'no time within a second; minutes take one: every().minute.at(":15")',
      timeFirst: 'the time first: every().hour.at(":30").on("monday")',
      dayFirst: {
        week: 'the day first: .on("monday").at("09:00")',
        month: 'the day first: .on(15).at("09:00") or .on("last day").at("09:00")',
        year: 'the day first: .on("december 25").at("09:00")',
      },
      inside: {
        phrase: 'the time in the phrase: every("weekday at 09:00")',
        cron: 'the time in the expression: cron("0 9 * * *")',
        moment: 'the time in the moment: once("2027-02-03 09:00")',
        json: "the times in the JSON",
        union: 'the time before .or(…): every().day.at("09:00").or(…)',
      },
    },
    timeOfDay: {
      what: "Time of day",
      accepted: '"HH:MM" or "HH:MM:SS", from 00:00 to 23:59:59',
      list: 'times without [ ]: .at("08:00", "12:00")',
      window: "Start or end of a window",
      one: 'one time of day, as in between("09:00", "17:00")',
    },
    timeOfHour: { what: "Time of the hour", accepted: '":MM", or "MM:SS" with the second' },
    timeOfMinute: { what: "Second of the minute", accepted: '":SS", from ":00" to ":59"' },
    on: {
      together: 'all days in one call: .on("monday", "thursday")',
      fixedDelay: "either .on(…) or .fixedDelay()",
      severalDays: 'several days as every().week.on("monday", "friday")',
      inside: 'the days inside the phrase: every("friday at 9am")',
      random: "days after a fixed number, as in every(2).weeks",
      single: (unit: string) => `every().${unit}.at(…).on(…)`,
      weeks: 'weeks: every().week.on("monday", "friday")',
    },
    day: {
      what: { week: "Day of the week", month: "Day of the month", year: "Day of the year" },
      accepted: {
        week: '"monday" to "sunday", "weekdays" or "weekend"',
        month: '1 to 31, "last day", "last friday" or "first workday"',
        year: '"december 25", "first sunday of october", a month, or a day of the year from 1 to 366',
      },
      list: 'days without [ ]: .on("monday", "friday")',
    },
    between: {
      noTime: 'a time, .at(…), or a length: every(15).minutes.on("monday").between(…)',
    },
    repeating: "a schedule that repeats",
    exception: {
      what: "Exception",
      accepted: 'a weekday, a month, a day of the month from 1 to 31, "2026-12-25", or { from, to }',
      range: "a range that ends on or after its first date",
      noDayLeft: "exceptions that leave some days to run on",
    },
    aligned: {
      what: ".aligned()",
      length: (lengths: readonly number[], unit: string) =>
        `a length that divides a day evenly: ${lengths.join(" or ")} ${unit}s`,
      units: "seconds, minutes or hours: every(15).minutes.aligned()",
      either: (word: string) => `either .aligned() or .${word}`,
    },
    fixedDelay: {
      units: "seconds, minutes or hours: every(10).minutes.fixedDelay()",
      alone: "an interval alone: it counts from the end of the last run",
    },
    program: {
      what: "Program",
      accepted: 'its name or path, as in .exec("rsync", ["-a", "photos/", "backup/"])',
      argument: "Argument of a program",
      noNul: "text without NUL characters",
      withShell: "exec(…) with a shell",
      oneLine: "the whole command line in one string, quoted for the shell",
    },
    or: {
      schedule: (call: string) => `a schedule, as in ${call}`,
      fixedDelay: "schedules that do not count from the end of a run",
    },
    retryLonger: "at least as long as delay",
    address: {
      secret:
        "an address without user name and password: fetch rejects them, and they would appear in messages",
      web: "an address that begins with https:// or http://",
      places: '"desktop", "bell", or an address that begins with https:// or http://',
    },
    milliseconds: (given: number) => `text, or at least 100; ${given} is milliseconds`,

    /** Values of time. */
    date: { what: "Date", accepted: '"YYYY-MM-DD", a day that exists' },
    duration: {
      what: "Duration",
      accepted:
        'text such as "90 seconds", "2h30m", "3 days" or "PT90M", milliseconds, or a Duration without months and years; at most 100 years',
    },
    moment: {
      what: "Moment",
      length: "a moment; this is a length",
      seconds: "milliseconds since 1970; this looks like seconds",
      small: (given: number) =>
        `text such as "tomorrow at ${given}" or "in ${given} minutes"; a number is milliseconds since 1970`,
      text: 'a moment that exists, as in "2027-02-03 04:05" or "2027-02-03T04:05:06+02:00"',
      accepted:
        "a Date, ISO text, epoch milliseconds, a luxon DateTime, a dayjs or moment object, or a Temporal Instant, ZonedDateTime, PlainDateTime or PlainDate; years 1 to 9999",
      past: (moment: string) => `advanceTo: ${moment} has passed; setTo() sets the clock back`,
    },
    zone: {
      what: "Time zone",
      accepted: 'an IANA name such as "Europe/Berlin", "UTC", or "UTC+02:00"',
    },

    /** `fromJSON`, and recurrences in stores. */
    json: {
      what: (path: string) => (path === "" ? "Recurrence" : `Recurrence at ${path}`),
      object: (keys: readonly string[]) =>
        `an object with ${keys.map((key) => key.replace("?", " (optional)")).join(", ")}`,
      keys: (keys: readonly string[]) => `one of the keys ${keys.join(", ")}`,
      kind: (kinds: readonly string[]) => `an object with a kind: ${oneOf(kinds)}`,
      oneOf: (words: readonly string[]) => oneOf(words),
      list: (least: number) => `a list of at least ${least === 1 ? "one entry" : `${least} entries`}`,
      atLeastOne: (keys: string) => `at least one of ${keys}`,
      fromEitherEnd: (most: number) => `a whole number from 1 to ${most}, or from -1 to -${most}`,
      true: "true, or nothing",
      zone: "the name of a time zone",
      randomStep: "no random step together with dates",
      beside: (name: string) => `${name} as well`,
      near: (name: string, days: number) => `a date at most ${days} days from ${name}`,
      tooDeep: (levels: number) => `at most ${levels} nested recurrences`,
      tooLarge: "at most 10,000 parts in all",
    },
  },
  /** Many machines that share their jobs in a Redis. */
  engine: {
    place: (address: string) => `Redis at ${address}`,
    notOurs: (queue: string, id: string) =>
      `the queue ${queue} contained a job that onthedot did not add (${id}); it was not run`,
    notAdded: "not added by onthedot",
    rerun: (name: string, at: number) =>
      `${name}: its run of ${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC was interrupted and is run again`,
    exhausted: "all its runs have started",
    lockLost: "another machine has this run, because this one stalled",
    interrupted: "interrupted: the process died or stalled during the run",
    discarded: (name: string, id: string) =>
      `${name}: this machine stalled during ${id}, so the run counts as interrupted; it is aborted, and its result is discarded`,
    hasEnded: (why: "ended" | "cancelled") => `the job ${why === "ended" ? "has ended" : "was cancelled"}`,
    isPaused: "the job is paused",
    scheduleChanged: "its schedule has changed",
    unknownJob: (name: string) =>
      `${name}: it is in the queue but not in this script; it is left to other machines`,
    unclaimed: "expired: no machine has had this job for a day",
    dataLost: "Redis has lost its data; all jobs are registered again and planned from now on",
    wrongClock: (ahead: number, tolerance: number) =>
      `this machine's clock is ${Math.abs(ahead).toFixed(0)} s ${ahead > 0 ? "ahead of" : "behind"} Redis; it runs no jobs until they agree within ${tolerance} s`,
    rightClock: "this machine's clock agrees with Redis again; it runs jobs again",
    mayEvict: (policy: string) =>
      `Redis may evict jobs when its memory is full (maxmemory-policy ${policy}); set it to noeviction`,
    closed: "the connection was closed",
    neverReady: (why: string) => `${why}; is it Redis, and does it expect TLS (rediss://) or not (redis://)?`,
    silent: "no answer",
    unreachable: (place: string, why: string) =>
      `Redis at ${place} cannot be reached (${why}); nothing starts until it is back`,
    back: (place: string) => `Redis at ${place} is back`,
    away: (place: string, why: string) => ({
      what: `${place} cannot be reached (${why})`,
      accepted: "a running Redis that this machine can reach",
    }),
    jobUnknown: (place: string, name: string) => ({
      what: `${place} does not know ${name}`,
      accepted: "a script that has been started once",
    }),
    queueNames: "1 to 100 letters, digits, dots, dashes and underscores",
    horizons: '"4 seconds" to "1 hour"',
    address: {
      what: "Address of Redis",
      accepted:
        '"redis://localhost:6379", or "rediss://…" for TLS, with user:password@ and /database where needed',
    },
    hidden: "a text that is not shown, because it may contain a password",
    peerMissing: (name: string) => ({
      what: `Many machines need ${name}, which is not installed`,
      accepted: "it to be installed: npm install bullmq ioredis",
    }),
    peerTooOld: (name: string) => ({
      what: `The installed ${name} is too old`,
      accepted: "bullmq 6.7 and ioredis 5, or later: npm install bullmq@6 ioredis@5",
    }),
    /** Why something in Redis is not what onthedot wrote there. */
    bad: {
      json: "not JSON",
      definition: "no name, source or writer",
      anchor: "its anchor is not a time",
      progress: "its progress is not a time",
      spaced: "the start of its delay is not a time and a count of runs",
      end: "no end of a job",
      time: "not a time",
    },
    badKey: (key: string, why: string) => ({
      what: `${key} in Redis is not what onthedot wrote there (${why})`,
      accepted: otherQueue,
    }),
    notAnEngine: (type: string) => ({
      what: `Engine: got ${type === "null" ? "null" : `a value of type ${type}`}`,
      accepted:
        'an engine, as in run({ engine: bullmq("redis://localhost:6379") }) with bullmq from "onthedot/bullmq"',
    }),
    oneMachineOnly: (name: string, overlap: string) => ({
      what: `${name} has .overlap("${overlap}"), which works on one machine only, because machines cannot share a queue or abort each other's runs in time`,
      accepted: '.overlap("skip"), .overlap("queue") or .overlap("allow") with an engine',
    }),
    andStore: {
      what: "An engine and a store were given, but an engine keeps in Redis what a store keeps in a file",
      accepted: "one of them: { engine } for many machines, { store } for one",
    },
    another: {
      what: "This scheduler already has an engine, and was given another one",
      accepted: "one engine; it is used again when the scheduler starts again",
    },
    noPolling: {
      what: "runPending() cannot be used with an engine, which starts runs by itself",
      accepted: "run({ engine }) in a script, or start({ engine }) in a program that does other things",
    },
    noOwnClock: {
      what: "An engine uses the real time, and this scheduler has a clock of its own",
      accepted: "createScheduler({ engine }) without a clock",
    },
    /** Errors of Redis that do not pass by themselves. `detail` is the server's message. */
    errors: {
      password: (place: string, detail: string) =>
        `Redis at ${place} rejected this user and password (${detail.split(/[.,]/)[0]})`,
      permission: (place: string, detail: string) =>
        `Redis at ${place}: this user lacks a permission: ${detail}`,
      cluster: (place: string) => `Redis at ${place} runs in cluster mode, which is not supported`,
      replica: (place: string) => `Redis at ${place} is a read-only replica`,
      memory: (place: string) =>
        `Redis at ${place} has reached its maxmemory, so nothing new can be planned or recorded`,
      data: (place: string, detail: string) =>
        `Redis at ${place} holds something else under a key of this queue (${detail})`,
      disk: (place: string, detail: string) =>
        `Redis at ${place} cannot save to its disk, and so accepts no writes (${detail.split(/[.,]/)[0]})`,
      protocol: (place: string) => `What answers at ${place} is not Redis, or expects TLS`,
      tls: (place: string, detail: string) => `No secure connection to ${place}: ${detail}`,
      database: (place: string) => `Redis at ${place} has no such database`,
      command: (place: string, detail: string) => `Redis at ${place} lacks a required command: ${detail}`,
      tooOld: (place: string, version: string) => `Redis ${version} at ${place} is too old`,
      host: (place: string) => `There is no host ${place}`,
      unknown: (_: string, detail: string) => detail,
    },
    /** What helps against each of them. */
    remedies: {
      password: '"redis://user:password@host:6379", with characters such as / and @ percent-encoded',
      permission:
        "a user with ~bull:* &* +@all, or at least +@read +@write +@scripting +@connection +info +time",
      cluster: "a single Redis, or one with replicas",
      replica: "the address of its primary",
      memory: "more memory, or fewer keys",
      data: otherQueue,
      disk: "a disk with room for it",
      protocol: tlsOrNot,
      tls: tlsOrNot,
      database: "an existing database, such as /0",
      command: "Redis 6.2 or later",
      tooOld: "Redis 6.2 or later",
      host: "the host of a Redis",
      unknown: "a Redis that answers",
    },
  },
  /** The commands of a script and of `npx onthedot`. */
  commands: {
    zoneOfJobs: "--zone is for phrases; a job's zone is set in the script",
    /** How each command of a script is called, and what it does: the keys are the commands. */
    usages: {
      list: usage("list [n] [--json]", "all jobs: schedule, next run, last run"),
      next: usage(
        'next [job] [n] | "<when>" [n] [--zone <zone>] [--json]',
        "the next runs of all jobs, or of a phrase or cron expression",
      ),
      run: usage("run <job> | --all [--json]", "run a job now, or all of them; schedules are unchanged"),
      explain: usage(
        'explain [job] | "<when>" [--zone <zone>] [--json]',
        "how a schedule is understood, and what clock changes do to it",
      ),
      simulate: usage(
        "simulate [--days 7] [--from 2027-03-27] [--as-if-slept 22:00-08:00] [--html out.html] [--svg out.svg] [--ics out.ics] [--json]",
        "what the jobs would do in the coming days; runs no task",
      ),
      history: usage("history [job] [n] [--failed] [--since <when>] [--json]", "past runs (needs a store)"),
      why: usage('why <job> ["last night"]', "why a job ran or did not, in one paragraph"),
      pause: usage(
        "pause <job> [--for 1h | --until tomorrow]",
        "pause a job, for good or for a while (needs a store)",
      ),
      resume: usage("resume <job>", "resume a paused job"),
      reset: usage("reset <job>", "start a job over as if it were new, even one that has ended"),
      help: usage("help", "this list"),
    },
    /** The same for the commands that `npx onthedot` alone has. */
    packageUsages: {
      init: usage(
        "init [file | backup | uptime | …]",
        "write a first script or copy a ready one, and a package.json if there is none",
      ),
      import: usage(
        "import [crontab] [--system]",
        "turn a crontab into a script: crontab -l | npx onthedot import",
      ),
      service: usage(
        "service <file> [--wake] [--print] [--force] [--name <name>] [--systemd | --launchd | --schtasks]",
        "start a script at login and after a crash",
      ),
      lessons: usage(
        "lessons [number | name] [--answer] [--source]",
        "a course in scheduling: small scripts, run and explained",
      ),
      playground: usage("playground [file] [--no-open]", "a page to try phrases, cron and chains"),
    },
    flags: {
      "--verbose": "show every run, even of jobs that run often",
      "--json": "print events as JSON, one object per line",
      "--debug": "show before each sleep what it waits for and how long",
      "--page": "show the jobs live on a local page",
      "--open": "the same, and open it in the browser",
      "--allow-multiple": "run beside another process with the same jobs",
    },
    help: {
      command: "<command>",
      start: "without a command, starts the jobs",
      notes: ["Looking never runs a job.   Options of a command: <command> --help"],
      scripts: (script: string) => [`A script has the same commands: ${script} list`],
    },
    usage: (call: string) => `usage: ${call}`,
    wrote: "wrote",
    opens: "It opens in your browser; if not, open the file yourself.",
    now: "now",
    in: (wait: string) => `in ${wait}`,
    late: (length: string) => `${length} late`,
    andMore: (n: number) => `and ${number(n)} more`,
    noJobs: "There are no jobs.",
    jobNames: (names: string, more: number) => `Jobs: ${names}${more > 0 ? ` and ${number(more)} more` : ""}`,
    noSuchJob: (name: string, near: string | undefined) =>
      `No job ${quote(name)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    sameName: (n: number, name: string) =>
      `${n} jobs are named ${quote(name)}. Give each its own name: .named("…")`,
    samePrefix: (n: number, name: string) => `${n} jobs have names that begin with ${quote(name)}:`,
    missing: (what: string) => `missing ${what}`,
    either: (a: string, b: string) => `use either ${a} or ${b}`,
    andNext: (when: string | undefined) => (when === undefined ? "" : `, next ${when}`),
    job: "<job>",
    when: "<when>",
    file: "<file>",
    noSuchFile: (name: string) => `There is no file ${quote(name)}.`,
    unexpected: (argument: string, mayBePhrase: boolean) =>
      `unexpected argument ${quote(argument)}${mayBePhrase ? "; put names and phrases with spaces in quotes" : ""}`,
    needsValue: (option: string) => `${option} needs a value`,
    takesNoValue: (option: string) => `${option} takes no value`,
    unknownOption: (option: string, near: string | undefined) =>
      `unknown option ${option}${near === undefined ? "" : `. Did you mean ${near}?`}`,
    notACount: (what: string, most: number, given: string) =>
      `${what} must be a whole number from 1 to ${number(most)}, not ${quote(given)}`,
    list: {
      heads: ["JOB", "WHEN", "NEXT", "LEFT", "LAST", "RESULT"],
      last: "last",
      never: "never",
      pausedUntil: (until: string | undefined) => (until === undefined ? "paused" : `paused until ${until}`),
      notInScript: "not in the script",
      ends: { ended: "ended", cancelled: "cancelled" },
      manual: "manual run",
      count: (jobs: number, ended: number) =>
        `${count(jobs, "job")}${ended > 0 ? `, ${number(ended)} ended` : ""}`,
      more: (more: number, all: number) => `and ${number(more)} more (list ${all} shows all)`,
      running: (since: string, pid: number, script: string | undefined) =>
        `running since ${since} (pid ${pid}${script === undefined ? "" : `, ${script}`})`,
      notRunning: "not running now",
    },
    next: {
      none: "No run is planned.",
      never: "never again",
      runsMore: (name: string, when: string) => `${name} also runs in between: ${when}`,
    },
    run: {
      manual: "manual run (schedule unchanged)",
      summary: (jobs: number, failed: number) => `${count(jobs, "job")} run, ${number(failed)} failed`,
    },
    explain: {
      meaning: "meaning",
      source: "source",
      sameAs: "same as",
      zone: "zone",
      next: "next",
      howOften: "how often",
      dst: "DST",
      paused: "paused",
      zoneNow: (zone: string) => zone.replace(/ \((.*)\)$/, ", now $1"),
      skipped: {
        day: (day: number) =>
          `months without a ${ordinal(day)} are skipped; "last day of the month" runs in every month`,
        fifth: "months without a fifth such day are skipped",
        leapDay: "years without a 29 February are skipped",
      },
      runsInAYear: (runs: number, isMore: boolean) =>
        `${isMore ? "more than " : ""}${number(runs)} in the next 12 months`,
      policies: {
        overlap: "overlap",
        catchUp: "catch up",
        retry: "retry",
        timeout: "timeout",
        jitter: "jitter",
        pause: "pause",
        interrupted: "interrupted",
        overlaps: {
          skip: "a run that is due while the last one is still running is skipped",
          queue: "a run that is due while the last one is still running waits for it",
          queueAll: "runs that are due while one is still running wait, up to 1,000",
          cancel: "the next run cancels one that is still running",
          allow: "runs may overlap",
        },
        catchUps: {
          once: "after sleep or downtime, the latest missed run is caught up",
          skip: "after sleep or downtime, missed runs are skipped",
          all: "after sleep or downtime, all missed runs are caught up, up to 100",
        },
        maxLateness: (length: string | undefined) => (length === undefined ? "" : `, up to ${length} late`),
        attempts: (n: number) => `${count(n, "more attempt")} after a failure`,
        perAttempt: (length: string) => `${length} per attempt`,
        later: (length: string) => `starts up to ${length} later`,
        pausesAfter: (n: number) => `after ${count(n, "failed run")} in a row`,
        reruns: "a run that was interrupted runs again",
      },
    },
    /** Outcomes other than success; `failed` where the error has no message. */
    outcomes: {
      failed: "failed",
      timedOut: (_: number, took: string) => `timed out after ${took}`,
      cancelled: (_: number, took: string) => `cancelled${took === "" ? "" : ` after ${took}`}`,
      interrupted: () => "interrupted: the process died during the run",
      skipped: (n: number, _: string, why?: string) => `${several(n)}skipped${because(why)}`,
      dropped: (n: number, _: string, why?: string) => `${several(n)}dropped${because(why)}`,
      coalesced: (n: number) => `${several(n)}missed, merged into the next run`,
      expired: (n: number, _: string, why?: string) => `${several(n)}missed${because(why)}`,
    },
    reasons,
    history: {
      none: "Nothing has run yet.",
      noneFound: "No run matches.",
      noStore: [
        "There is no history. A store keeps it when the script ends:",
        'run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite"',
      ],
      notSince: (given: string) =>
        `expected a time such as "today", "last night", "monday 02:30", "2 hours" or 2026-11-22, not ${quote(given)}`,
    },
    /** Comments in a script made of a crontab. */
    crontab: {
      head: (file: string) =>
        `Imported from ${file}. Cron ran each line in your home folder and mailed its output; here output is logged.`,
      reboot: "@reboot: once, when this script starts",
      mail: (value: string) =>
        `MAILTO=${value} is not kept: output is logged, not mailed. To be notified of failures, add .notify("…").`,
      user: (name: string) => `ran as ${name}: start this script as that user`,
      notKept: (line: number, why: string) => `line ${line} is not kept: ${why}`,
      noJob: "it is neither a job, a variable nor a comment",
      unreadable: (file: string) => `${file} cannot be read.`,
      empty: "there is no crontab to read: pipe one in, or name a file",
    },
    pause: {
      paused: (name: string, until: string | undefined) =>
        `${name} is paused${until === undefined ? "" : ` until ${until}`}`,
      alreadyPaused: (name: string) => `${name} was already paused`,
      resumed: (name: string) => `${name} resumed`,
      notPaused: (name: string) => `${name} was not paused`,
      noEndWithEngine:
        "an engine cannot end a pause by itself; leave out --for and --until, and resume the job later",
      hasPassed: (given: string) =>
        `--until must be "tomorrow" or a future moment, such as 18:00, not ${quote(given)}`,
      needsStore: (command: "pause" | "resume") => [
        `${command} needs a store: run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite"`,
        `In a running script, press p; in code, call job.${command}().`,
      ],
    },
    reset: {
      done: (name: string) => `${name} starts over`,
      afterRestart: "Restart the running script for this to take effect.",
      needsStore:
        'reset needs a store: run({ store: sqlite("jobs.db") }) with sqlite from "onthedot/sqlite". Without one, every start of the script is a fresh start.',
    },
    simulate: {
      exists: (file: string, ending: string) => `${file} already exists, and does not end in .${ending}`,
      linksTo: (file: string, target: string) => `${file} is a link to ${target}, which is not overwritten`,
      runs: (runs: number, jobs: number) => `${count(runs, "run")} of ${count(jobs, "job")}`,
      events: (n: number) => count(n, "event"),
      leftOut: (names: string) =>
        `Left out, because they run over 200 times and no rule describes them: ${names}.`,
      notASpan: (given: string) =>
        `--as-if-slept must be a time span such as 22:00-08:00, not ${quote(given)}`,
      sleepsAllDay: "--as-if-slept: a machine that sleeps all day runs nothing",
    },
    init: {
      notAScript: (name: string, ready: string) =>
        `A script is named like myjobs.ts, not ${quote(name)}.   Ready scripts: ${ready}`,
      exists: (name: string) => `${name} already exists.   Use another name: npx onthedot init jobs2.ts`,
      noFolder: (name: string) => `There is no folder ${quote(name)}.`,
    },
    service: {
      exists: (path: string) => `${path} already exists.   --force overwrites it, --print only shows it.`,
      needsTsx: (command: string) => `The service needs tsx next to the script:   ${command}`,
      cannotStart: (name: string) => `A service cannot start ${quote(name)}: rename it.`,
      notWoken: (jobs: readonly string[]) =>
        `The machine is not woken for ${jobs.join(", ")}: no timer can express when they run.`,
      cannotWake:
        "--wake does nothing on Windows: the task starts at logon, and only a task with a fixed time can wake the machine.",
      badName: (name: string) => `A service name has letters, digits, - _ and . only, not ${quote(name)}.`,
      steps: {
        startAtLogin: "start now and at login",
        keepRunning: "keep running on logout",
        wakeOnce: "wake for the next run",
        readLog: "read the log",
        remove: "stop and remove",
      },
    },
  },
  /** `npx onthedot` itself. */
  cli: {
    noSuchCommand: (given: string, near: string | undefined) =>
      `onthedot has no command ${quote(given)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    needsTsx: (node: string) => `Node ${node} needs tsx to run TypeScript:`,
  },
  /** The frame around the lessons. */
  lessons: {
    number: "<number>",
    noSuchLesson: (given: string, near: string | undefined) =>
      `There is no lesson ${quote(given)}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    available: (n: number, names: string) => `Lessons 1 to ${n}: ${names}`,
    help: {
      lesson: "the script, its output, an explanation and a question",
      answer: "with the answer",
      source: "only the script, to change and run it",
    },
    askAgain: (letters: string) => `Type ${letters}, or press Enter for the answer:`,
    steps: { next: "next", first: "install", change: "copy", run: "run yours" },
    title: (number: number, of: number) => `Lesson ${number} of ${of}`,
    prints: "Output",
    ranWhen: "What ran when",
    why: "Why",
    right: (why: string) => `Right: ${why}`,
    wrong: (why: string) => `No: ${why}`,
    answerIs: (letter: string, why: string) => `The answer is ${letter}: ${why}`,
    answerIsNot: (letter: string, why: string) => `Not ${letter}: ${why}`,
    or: "or",
    legend: {
      start: "starts",
      on: "running",
      several: "several at once",
      failed: "fails",
      missed: "does not run",
      asleep: "asleep",
    },
  },

  /** Named days. */
  calendar: {
    holidays: (country: string, part: string) =>
      `public holidays in ${country}${part === "" ? "" : ` (${part})`}`,
    workdays: "working days in China",
    endsSoon: (job: string, set: string, last: string, source: string) =>
      `${job}: the data for ${set} ends on ${last}. Update ${source} before then, or the job is paused`,
    ended: (set: string, last: string, source: string) =>
      `the data for ${set} ended on ${last}; update ${source} and restart`,
  },
  /** What `why <job>` answers. Each is a sentence; moments and lengths come as text. */
  why: {
    betweenSentences: " ",
    betweenCounts: ", ",
    yesterday: (clock: string) => `yesterday ${clock}`,
    tomorrow: (clock: string) => `tomorrow at ${clock}`,
    due: (when: string) => `${when} was due.`,
    severalDue: (n: number, last: string) => `${number(n)} runs were due, the last ${at(last)}.`,
    byHand: (when: string, ending: string) => `A run was started by hand ${at(when)} and ${ending}.`,
    onTime: (ending: string, machine: string | undefined) =>
      `The run started on time${machine === undefined ? "" : ` on ${machine}`} and ${ending}.`,
    /** @param how caught up, or after the run of another moment, or neither */
    late: (
      how: "caughtUp" | { readonly waitedFor: string } | undefined,
      when: string,
      late: string,
      ending: string,
      machine: string | undefined,
    ) => {
      const started =
        how === "caughtUp"
          ? "was caught up"
          : how
            ? `waited for that of ${how.waitedFor}, started`
            : "started";
      return `The run ${started} ${at(when)}, ${late} late,${machine === undefined ? "" : ` on ${machine}`} and ${ending}.`;
    },
    /** Follows "The run started on time and". */
    ending: (
      outcome: string,
      took: string,
      attempts: number,
      error: string | undefined,
      place: string | undefined,
    ) => {
      const tried = attempts > 1 ? ` on attempt ${attempts}` : "";
      const after = took === "" ? "" : ` after ${took}`;
      const at = place === undefined ? "" : ` at ${place}`;
      const message = error === undefined ? "" : `: ${error}`;
      switch (outcome) {
        case "failed":
          return `failed${attempts > 1 ? ` after ${attempts} attempts${at && ", the last"}` : ""}${at}${message}`;
        case "timedOut":
          return `timed out${after}${tried}`;
        case "interrupted":
          return "was interrupted: the process died during the run";
        case "cancelled":
          return `was cancelled${after}`;
        default:
          return `succeeded${after}${tried}`;
      }
    },
    running: (length: string) => `The run is still going after ${length}.`,
    aboutToStart: "The run is about to start.",
    coalesced: (into: string | undefined, n: number) =>
      `The ${n > 1 ? "runs were" : "run was"} missed and merged into ${into === undefined ? "the next run" : `the run that started ${at(into)}`}.`,
    cancelled: "The run was cancelled before it started.",
    /** @param n how many runs @param other when the other run started and ended */
    notStarted: (
      n: number,
      reason: keyof typeof reasons,
      error?: string,
      other?: readonly [from: string, to: string | undefined],
    ) => {
      const they = n > 1 ? "The runs were" : "The run was";
      if (reason === "tooLate" || reason === "notCaughtUp") return `${they} missed and ${reasons[reason]}.`;
      const why = `${reasons[reason]}${other ? ` (${span(...other)})` : ""}${error === undefined ? "" : `: ${error}`}`;
      return `${they} ${reason === "queueFull" ? "dropped" : "skipped"} because ${why}.`;
    },
    /** @param to left out while it lasts */
    incidents: {
      asleep: (from: string, to: string | undefined) => `The machine slept ${span(from, to)}.`,
      stalled: (from: string, to: string | undefined) => `The process stalled ${span(from, to)}.`,
      "set-back": (from: string, to: string | undefined) => `The clock was set back from ${to} to ${from}.`,
      "set-forward": (from: string, to: string | undefined) =>
        `The clock was set forward from ${from} to ${to}.`,
      notRunning: (from: string, to: string | undefined, why?: string) => {
        if (to === undefined) return `The script stopped ${at(from)} and has not run since.`;
        return why === undefined
          ? `The script was not running ${span(from, to)}.`
          : `The script died after ${from} and was started again ${at(to!)}.`;
      },
      paused: (from: string, to: string | undefined, why?: string) =>
        `The job ${to === undefined ? `has been paused since ${from}` : `was paused ${span(from, to)}`}${why === undefined ? "" : ` (${why})`}.`,
    },
    paused: "The job is paused.",
    noRecord: "There is no record of a run.",
    unknown: "There is no record of what happened.",
    forgotten: (oldest: string) => `The history only goes back to ${oldest}.`,
    nothingYet: (since: string, schedule: string) =>
      `Nothing has been due yet: the job was registered ${at(since)} and runs ${schedule}.`,
    stillToCome: (when: string) => `${when} is still to come.`,
    notYetKnown: (when: string, since: string) =>
      `Nothing was due ${at(when)}: the job has had this schedule only since ${since}.`,
    excluded: (when: string, why: string) => `${when} would have been due, but is excluded: ${why}.`,
    scheduleIs: (schedule: string) => `the schedule is ${schedule}`,
    exceptOn: (days: string) => `no run on ${days}`,
    onlyOn: (days: string) => `runs only on ${days}`,
    neverDue: (schedule: string) => `Nothing was due then: the schedule is ${schedule}.`,
    around: (before: string | undefined, after: string | undefined) =>
      before !== undefined && after !== undefined
        ? `The nearest times are ${before} and ${after}.`
        : `${before === undefined ? "Nothing was due before" : `The last time was ${before}`}, and ${after === undefined ? "nothing comes after" : `the first time is ${after}`}.`,
    /** @param counts "46 succeeded, 2 were skipped" */
    sum: (n: number, first: string, last: string, counts: string) =>
      `${number(n)} runs were due from ${first} to ${last}: ${counts}.`,
    outcome: (n: number, outcome: keyof typeof outcomes) => `${number(n)} ${outcomes[outcome]}`,
    ended: (why: "ended" | "cancelled", when: string) =>
      why === "cancelled" ? `The job was cancelled ${at(when)}.` : `The job ended ${at(when)}.`,
    noNext: "No further run is planned.",
    /** @param isStopped whether nobody runs the script now */
    next: (when: string, isStopped: boolean) =>
      `The next run is ${at(when)}${isStopped ? ", if the script is started by then" : ""}.`,
  },

  /** What happens to wall times that a clock change skips or repeats. */
  clockChanges: {
    moved: (walls: string, n: number, instead: string) =>
      `${walls} ${n === 1 ? "does not exist, runs" : "do not exist, run"} at ${instead}`,
    "left-out": (walls: string, n: number, _instead: string) =>
      `${walls} ${n === 1 ? "does not exist, no run" : "do not exist, no runs"}`,
    first: (walls: string, n: number, _instead: string) => `${walls} ${twice(n)} the first time only`,
    second: (walls: string, n: number, _instead: string) => `${walls} ${twice(n)} the second time only`,
    both: (walls: string, n: number, _instead: string) => `${walls} ${twice(n)} both times`,
  },
  /** Moments and lengths of time: what luxon is to format. */
  time: {
    locale: "en",
    today: (clock: string) => `today ${clock}`,
    date: "ccc d LLL",
    dateWithYear: "ccc d LLL yyyy",
    weekday: "ccc",
    shortDay: "ccc d",
    betweenUnits: " ",
  },

  /** What `run()` shows on a terminal. Where a log has the same facts, it has them from here. */
  screen: {
    noJobs: [
      "no jobs are registered; add one before run(), such as",
      'every().day.at("09:00").do(backup);',
    ] as readonly string[],
    skippedMeanwhile: (n: number) => `${n} skipped meanwhile`,
    onlyCounted: "runs often; from now on its successes are only counted (--verbose shows each)",
    cancelled: "cancelled",
    attemptFailed: (attempt: number, error: string) => `attempt ${attempt} failed: ${error}`,
    retrying: (wait: string) => `retrying in ${wait}`,
    sameError: (n: number) => `same error, ${ordinal(n)} time`,
    failed: (times: number) => (times === 1 ? "failed once" : `failed ${times} times in a row`),
    othersContinue: "other jobs continue",
    tryIt: (command: string) => `try it: ${command}`,
    skipped: "skipped",
    skippedRunning: (length: string) => `skipped, still running (${length})`,
    skippedTimedOut: (length: string) => `skipped, timed out but still running (${length})`,
    jumps: {
      asleep: (span: string) => `asleep ${span}`,
      stalled: (span: string) => `process stalled ${span}`,
      "set-back": (span: string) => `clock set back ${span}`,
      "set-forward": (span: string) => `clock set forward ${span}`,
    },
    noRunTwice: "no run is repeated",
    missedRuns: (names: string, more: number) => `missed ${names}${more > 0 ? ` and ${more} more` : ""}`,
    /** How many runs catch up how many of the jobs that missed some. */
    catchingUp: (runs: number, jobs: number, all: number) => {
      if (runs === 0) return "not caught up";
      if (runs > jobs) return `catching up with ${runs} runs`;
      return all === 1 ? "catching up once" : `catching up ${jobs === all ? "each" : `${jobs} of them`} once`;
    },
    paused: (why: string | undefined) => (why === undefined ? "paused" : `paused: ${why}`),
    resumed: "resumed",
    pressToResume: "press p to resume",
    heap: (entries: number) => `heap: ${count(entries, "entry", "entries")}`,
    heapTop: (job: string, due: string) => `top ${job} ${due}`,
    sleeping: (ms: number, isCapped: boolean) => `sleeping ${ms} ms${isCapped ? " (capped)" : ""}`,
    stopping: "stopping",
    waitingFor: (jobs: string) => `waiting for ${jobs}`,
    running: (job: string, length: string) => `${job} (running ${length})`,
    upTo: (length: string) => `up to ${length} more`,
    abandonKey: (jobs: number) => `Ctrl-C again to abandon ${jobs === 1 ? "it" : "them"}`,
    stopped: (length: string) => `stopped after ${length}`,
    finished: (length: string) => `all jobs finished after ${length}`,
    runs: (n: number) => count(n, "run"),
    failedRuns: (n: number) => `${n} failed`,
    abandoned: (jobs: string) => `abandoned ${jobs}`,
    keys: [
      ["h", "this help"],
      ["l", "list all jobs and their next runs"],
      ["r", "run a job now"],
      ["p", "pause all jobs, or resume them"],
      ["q", "stop, like Ctrl-C"],
    ] as readonly (readonly [key: string, does: string])[],
    status: {
      failing: (n: number) => `${n} failing`,
      moreRunning: (n: number) => `${n} more running`,
      paused: (n: number, jobs: number) => `${n === jobs ? "all" : n} paused`,
      next: (job: string, wait: string | undefined) =>
        `next ${job} ${wait === undefined ? "now" : `in ${wait}`}`,
      help: "h help",
      choose: "run now:",
      chosen: (index: number, of: number) => `(${index} of ${of})`,
      chooseKeys: ["arrows or a letter to choose", "Enter to run", "Esc to leave"] as readonly string[],
    },
  },

  /** The page that `run({ page: true })` serves. */
  page: {
    header: "page",
    signIn: "Open this page with the full address shown in the script's terminal.",
    noSuchJob: "This job is no longer in the script.",
    useEngine:
      "page: with an engine, jobs run on many machines, and this page shows one; bull-board shows them all: examples/24-bull-board.ts",
    noTerminal:
      'page: not served, because its secret address may only appear on a terminal; set your own token: run({ page: { port: 8080, token: "…" } })',
    portTaken: (port: number) => `page: not served, because port ${port} is in use; the jobs run without it`,
    notServed: (why: string) => `page: not served (${why}); the jobs run without it`,
    isPublic: (address: string) =>
      `page: anyone who reaches ${address} over the network and has the token can run and pause jobs, and the connection is not encrypted`,
    option: "true, a port such as 8080, or { port, host, token, open }",
    port: "a port from 1 to 65535",
    token:
      "{ host, token } with a token of at least 16 characters: others on the network can reach this host",
    host: 'a host such as "127.0.0.1"',
    /** Sent to the page, which cannot call functions of ours: texts alone. */
    words: {
      jobs: "Jobs",
      timeline: "Timeline",
      log: "Log",
      job: "Job",
      next: "Next run",
      last: "Last run",
      live: "live",
      lost: "Connection lost, retrying. If the script was restarted, open the new address shown in its terminal.",
      signIn: "The script was restarted. Open the new address shown in its terminal.",
      stopping: "The script is stopping.",
      ended: "The script has ended",
      running: "running",
      failing: "failing",
      paused: "paused",
      none: "none",
      now: "now",
      never: "has not run yet",
      late: "late",
      byHand: "manual run",
      runNow: "Run now",
      pause: "Pause",
      forAnHour: "Pause for an hour",
      untilTomorrow: "Pause until tomorrow",
      until: "until",
      resume: "Resume",
      cancel: "Cancel this run",
      search: "Find a job",
      noJobs: "No jobs are registered.",
      noMatch: "No job has this name.",
      allJobs: "All jobs",
      schedule: "Schedule",
      nextRuns: "Next ten runs",
      history: "History",
      noHistory: "It has not run yet.",
      noNext: "No further run.",
      output: "Output",
      attempts: "attempts",
      runs: "runs",
      noLog: "Nothing has happened yet.",
      started: "Running since",
      hours: "h",
      range: "Hours before and after now",
      states: {
        planned: "none",
        paused: "paused",
        ended: "ended",
        cancelled: "cancelled",
        unknown: "not in the script",
      },
      outcomes,
      legend: {
        succeeded: "succeeded",
        failed: "failed",
        missed: "missed or skipped",
        running: "running",
        planned: "planned",
      },
    },
  },

  /** What is surprising about the zone of the process. */
  systemZone: {
    setLate: (tz: string | undefined, used: string) =>
      `TZ was set to ${JSON.stringify(tz ?? "")} after the first schedule was built, so times stay in ${used}. Set it before: TZ=${tz ?? "…"} in front of the command, node --env-file=.env, or an import that comes first`,
    empty: (used: string) => `TZ is empty, so times are ${used}`,
    path: (tz: string, used: string, meant: string | undefined) =>
      `TZ=${tz} is a path; Node takes only its offset, so times are ${used}${meant === undefined ? "" : `. Did you mean ${meant}?`}`,
    code: (tz: string, used: string) =>
      `TZ=${tz} is an abbreviation, which Node takes for ${used}. Use an IANA name such as "Europe/Berlin"`,
    posix: (tz: string, used: string) =>
      `TZ=${tz} is a POSIX rule, in which a plus sign means behind UTC, so times are ${used}. An IANA name such as "Europe/Berlin" also knows summer time`,
    unknown: (tz: string, used: string, meant: string | undefined) =>
      `TZ=${tz} is not a zone Node knows, so times are ${used}. ${meant === undefined ? 'Use an IANA name such as "Europe/Berlin"' : `Did you mean ${meant}?`}`,
  },
  /** Errors of schedules and of tasks, and what a script's arguments can be. */
  reports: {
    causedBy: "caused by",
    threw: (value: string) => `threw ${value}`,
    moreLines: (n: number) => `… ${n} more lines`,
    again: (n: number) => `again (${n} in a row)`,
    forgottenAwait: (job: string | undefined) =>
      `${job === undefined ? "A promise was rejected and nobody awaited it; which job started it is unknown." : `A promise that ${job} started was rejected and nobody awaited it.`} Node ends the process. Put await in front of the call so that only the run fails.`,
    threwLater: (job: string) =>
      `A callback that ${job} started threw. Node ends the process. Await what the task starts so that only the run fails.`,
    notAFunction: (value: string) => `.do() expects a function but got ${value}`,
    got: (what: string, value: string) => `${what}: got ${value}`,
    calledFrom: (place: string) => `called from ${place}`,
    didYouMean: (nearest: string) => `did you mean ${nearest}?`,
    callsNow: (task: string) => `this calls ${task} now and passes its return value`,
    write: (one: string, other: string) => `write ${one}   or   ${other}`,
    checkPhrase: "check a phrase: ",
    pageOfErrors: "https://github.com/onthedot/onthedot/blob/main/examples/guide/errors.md",
    phrases: "phrases that work: ",
    examples: [
      '"every weekday at 9am"',
      '"every 15 minutes"',
      '"mon and thu at 18:30"',
      '"last day of the month at 17:00"',
    ] as readonly string[],
    expected: "expected ",
    alreadyRunning:
      "Stop that one, or start this one with --allow-multiple: then each run starts in one of them.",
    wordAfterEnd: (word: string, end: string) => `.${word}(…) after .${end}(…)`,
    endsSchedule: (end: string) => `.${end}(…) ends a schedule and returns the job`,
    writeBefore: (word: string, end: string, why: string) => `.${word}(…) before .${end}(…): ${why}`,
    newSchedule: (why: string) => `a new schedule: ${why}`,
    noParentheses: (word: string) => `.${word} takes no parentheses`,
    notImported: (word: string) => `${word}(…) is not imported`,
    unknownCall: (word: string) => `unknown word ${word}(…)`,
    wordAfterUnit: (word: string, unit: string) => `.${word} after .${unit}`,
    callAsIn: (example: string) => `a call, as in ${example}`,
    unknownFlag: (flag: string) => `This script has no flag ${flag}.`,
    unknownCommand: (word: string) => `This script has no command ${word}.`,
    meant: (nearest: string) => ` Did you mean ${nearest}?`,
    helpLists: " --help lists them.",
    startsJobs: " Started without a command, the script runs its jobs.",
    ownFlag: (flag: string) =>
      `To use a flag of your own, declare it: run({ flags: [${flag}] }), or put it after --.`,
    ownWord: "Put words of your own after --, or use run({ cli: false }).",
    logFile: 'the path of a file, or { file: "jobs.log", size, keep }',
    flagList: 'a list of flags, as in run({ flags: ["--really"] })',
    stillAlive:
      "all jobs have finished; run() waits because something else keeps the process alive, such as a server or an open connection. stop() ends it.",
    logNotWritten: (why: string) => `the log is not written: ${why}`,
    movingMoment: (job: string, schedule: string) =>
      `${job}: ${schedule} is read anew at each start of the script, and may then mean another day. Write the date, or keep jobs in a store: run({ store: sqlite("jobs.db") })`,
    missingDo: (schedule: string) => `${schedule} has no .do(…), so it schedules nothing`,
  },

  /** Pings and notifications: what people and watchers read. */
  notices: {
    took: (length: string) => `took ${length}`,
    after: (length: string) => `after ${length}`,
    failedAfter: (length: string) => `failed after ${length}`,
    interrupted: "the process died during the run",
    noReason: "no reason given",
    title: (job: string, outcome: "succeeded" | "failed" | "timedOut" | "interrupted") =>
      `${job} ${outcome === "timedOut" ? "timed out" : outcome}`,
    notifyFailed: (job: string, why: string) => `the notification about ${job} was not delivered: ${why}`,
    pingFailed: (job: string, why: string) => `the ping of ${job} was not delivered: ${why}`,
    cannotKeepAwake: (why: string) => `.keepAwake() cannot hold off sleep: ${why}`,
    noAwake: (platform: string) => `there is no program for it on ${platform}`,
    notInstalled: (program: string) => `${program} is not installed`,
    answered: (status: string) => `the server answered ${status}`,
    noAnswer: (seconds: number) => `no answer within ${Math.round(seconds)} s`,
  },

  /** Programs of `.exec` and modules of `.worker`. */
  tasks: {
    ending: (program: string) => `${program} was not started: the process is ending`,
    exited: (program: string, code: number | null) => `${program} exited with code ${code}`,
    killed: (program: string, signal: string) => `${program} was killed by ${signal}`,
    noFolder: (program: string, folder: string) => `${program} was not started: there is no folder ${folder}`,
    notExecutable: (program: string) => `${program} is not executable: chmod +x ${program}, if it is yours`,
    notStarted: (program: string, why: string) => `${program} was not started: ${why}`,
    notFoundFrom: (program: string, folder: string) => `${program} was not found from ${folder}`,
    batchFile: (program: string, example: string) =>
      `${program} is a batch file, which Node starts only through cmd: ${example}`,
    notOnPath: (program: string) => `${program} was not found on PATH`,
    separateArguments: (example: string) => `Pass its arguments separately: ${example}`,
    workerFile: "File of a worker",
    existingFile: "an existing file",
    workerArguments: "Arguments of a worker",
    copyable: "values that can be copied into a thread: no functions, no symbols",
    bundled: "A worker thread cannot be started from a bundle",
    notBundled:
      "onthedot to be left out of the bundle and installed beside it, as with esbuild --external:onthedot",
    exitInWorker: (code: string) => `process.exit(${code}) was called in a worker: return or throw instead`,
    noExport: (file: string, name: string, others: string) =>
      `${file} exports no function ${name}; it has ${others || "none at all"}`,
  },
};

const oneOf = (words: readonly string[]): string =>
  `${words.length > 1 ? "one of " : ""}${words.map((word) => JSON.stringify(word)).join(", ")}`;
