import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Verb, verbs } from "../../src/commands/registry.ts";
import { assemble, type Scheduler } from "../../src/create.ts";
import { sqlite } from "../../src/sqlite.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { displayWidth } from "../../src/terminal/text.ts";
import { type Language, useLanguage } from "../../src/text/text.ts";
import { toInstant } from "../../src/time/moment.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { nothing } from "../scheduler/stores.ts";
import { folder } from "../store/scene.ts";
import { callOn } from "./call.ts";

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  useLanguage("en");
});

const start = "2026-11-22T17:40:12+01:00";

const script = async () => {
  const clock = new VirtualClock("2026-11-21T09:12:00+01:00");
  const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin" });
  const { every, when, once } = schedule;
  let checks = 0;
  const priceCheck = async () => {
    checks++;
    await clock.sleep(1_600);
  };
  every(15).minutes.between("08:00", "22:00").aligned().named("priceCheck").do(priceCheck);
  every(3).days.starting("2026-11-19").at("18:00").named("给植物浇水").do(nothing);
  every()
    .day.at("02:30")
    .do(async function backupPhotos() {
      await clock.sleep("68 seconds");
    });
  when("weekdays at 9am")
    .timeout("30 seconds")
    .do(function standup() {
      throw new TypeError("the room\nis taken");
    });
  once("2026-11-23 09:00").named("dentist").do(nothing);
  schedule.start();
  await clock.advanceTo("2026-11-22T00:17:00+01:00");
  clock.setTo("2026-11-22T07:58:31+01:00");
  await clock.advanceTo(start);
  await schedule.stop();
  const call = (verb: Verb, args: string[] = [], columns = 120) => callOn(scheduler, verb, args, columns);
  return { clock, schedule, scheduler, call, checks: () => checks };
};

const looks: readonly (readonly [language: Language, looks: readonly (readonly [Verb, ...string[]])[]])[] = [
  ["en", [["list"], ["next", "5"], ["explain", "priceCheck"], ["history", "-n", "5"]]],
  [
    "zh",
    [["list"], ["next", "5"], ["explain", "standup"], ["history", "5"], ["help"], ["explain", "每天2点半"]],
  ],
];
test.each(looks)("what commands show, in %s", async (language, looks) => {
  useLanguage(language);
  const { call } = await script();
  for (const [verb, ...args] of looks) {
    const at = async (columns: number) => {
      const { code, printed, raw } = await call(verb, args, columns);
      expect(code).toBe(0);
      expect(raw).not.toContain("\x1b");
      return printed;
    };
    const usual = await at(80);
    expect(usual).toMatchSnapshot([verb, ...args].join(" "));
    for (const columns of [60, 120]) {
      const other = await at(columns);
      if (verb === "list") expect(other).toMatchSnapshot(`list at ${columns} columns`);
      // The same text, broken elsewhere.
      else expect(other.replaceAll(/\s/g, "")).toBe(usual.replaceAll(/\s/g, ""));
    }
  }
});

test("in Chinese, a job that does not exist is explained in Chinese", async () => {
  useLanguage("zh");
  const { call } = await script();
  expect((await call("run", ["pricecheck"])).reported).toContain(
    '没有任务 "pricecheck"。是不是 priceCheck？',
  );
});

test("list shows the processes that run the jobs, if a store knows them", async () => {
  const clock = new VirtualClock("2026-11-22T17:40:12+01:00");
  const reported = async (since: readonly string[], columns = 120, script = basename(process.argv[1]!)) => {
    const others = since.map((at, i) => ({ pid: 4242 + i, script, since: toInstant(new Date(at)) }));
    const store = { ...memoryStore(), isDurable: true, otherProcesses: () => others };
    const { scheduler } = assemble({ clock, zone: "Europe/Berlin", store });
    return (await callOn(scheduler, "list", [], columns)).lines.slice(-2).join("\n").trim();
  };
  const head = "0 jobs · Europe/Berlin (UTC+1)";
  expect(await reported([])).toBe(`${head} · not running now`);
  expect(await reported(["2026-11-21T09:12:40+01:00"])).toBe(
    `${head} · running since Sat 21 Nov 09:12 (pid 4242)`,
  );
  expect(await reported(["2026-11-21T09:12:40+01:00", "2026-11-22T08:00:00+01:00"], 60)).toBe(
    "running since Sat 21 Nov 09:12 (pid 4242)\n  running since today 08:00 (pid 4243)",
  );
  expect(await reported(["2026-11-22T08:00:00+01:00"], 120, "other\x1b[2J.ts")).toBe(
    `${head} · running since today 08:00 (pid 4242, other\\x1b[2J.ts)`,
  );
});

test("colour changes nothing in the text", async () => {
  const { call } = await script();
  const plain = await call("list");
  vi.stubEnv("NO_COLOR", undefined);
  const painted = await call("list");
  expect(painted.raw).toContain("\x1b[32m✔\x1b[39m 1.6s");
  expect(painted.printed).toBe(plain.printed);
});

test("commands that look start nothing and change nothing", async () => {
  const { call, checks, scheduler } = await script();
  const before = [
    checks(),
    scheduler.jobQueue.nextDue,
    JSON.stringify(scheduler.jobs().map((job) => job.history())),
  ];
  for (const verb of ["list", "next", "explain", "simulate", "history"] as const) await call(verb);
  expect([
    checks(),
    scheduler.jobQueue.nextDue,
    JSON.stringify(scheduler.jobs().map((job) => job.history())),
  ]).toEqual(before);
});

test("runs within one second are one line for people, and separate moments in JSON", async () => {
  const clock = new VirtualClock("2026-11-22T17:40:12.100Z");
  const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
  schedule.every(5).seconds.named("first").do(nothing);
  clock.block(20);
  schedule.every(5).seconds.named("second").do(nothing);
  const next = async (...args: string[]) => (await callOn(scheduler, "next", args)).lines;
  expect(await next("2")).toEqual([
    "  Sun 22 Nov 17:40:17   first, second",
    "  Sun 22 Nov 17:40:22   first, second",
  ]);
  const { next: exact } = JSON.parse((await next("2", "--json")).join(""));
  expect(exact.map(({ jobs }: { jobs: string[] }) => jobs)).toEqual([["first"], ["second"]]);
});

test("a week is seven days of the wall clock, also when an hour is skipped, and touches no eighth", async () => {
  const { call } = await script();
  const { printed } = await call("simulate", ["--from", "2027-03-22", "--days", "7"]);
  expect(printed).toContain("  Mon 22 Mar 00:00 → Mon 29 Mar 00:00   Europe/Berlin");
  expect(printed).toContain("Sat 27 Sun 28   runs\n");
});

test("a run that is due and that nothing starts is late", async () => {
  const { call, clock } = await script();
  expect((await call("list")).printed).toMatch(/priceCheck .* today 17:45 +4m 48s /);
  clock.setTo("2026-11-22T17:45:30+01:00");
  expect((await call("list")).printed).toMatch(/priceCheck .* today 17:45 +now /);
  clock.setTo("2026-11-22T18:07:30+01:00");
  expect((await call("list")).printed).toMatch(/priceCheck .* today 17:45 +22m 30s late /);
});

test("JSON is one document on one line, with stable keys", async () => {
  const { call } = await script();
  const read = async (verb: Verb, ...args: string[]) => {
    const { raw } = await call(verb, [...args, "--json"]);
    expect(raw.trim()).not.toContain("\n");
    return JSON.parse(raw);
  };
  expect((await read("list")).jobs[0]).toEqual({
    job: "priceCheck",
    when: "every 15 minutes between 08:00 and 22:00, aligned to the clock",
    tags: [],
    next: "2026-11-22T17:45:00+01:00",
    isPaused: false,
    last: {
      scheduled: "2026-11-22T17:30:00+01:00",
      outcome: "succeeded",
      started: "2026-11-22T17:30:00+01:00",
      ended: "2026-11-22T17:30:01.600+01:00",
      tookMs: 1600,
      attempts: 1,
    },
  });
  expect(await read("next", "2")).toEqual({
    zone: "Europe/Berlin",
    next: [
      { at: "2026-11-22T17:45:00+01:00", jobs: ["priceCheck"] },
      { at: "2026-11-22T18:00:00+01:00", jobs: ["priceCheck", "给植物浇水"] },
    ],
  });
  expect((await read("history", "backupPhotos")).runs.at(-1)).toMatchObject({
    job: "backupPhotos",
    scheduled: "2026-11-22T02:30:00+01:00",
    outcome: "succeeded",
  });
  expect((await read("explain", "standup"))[0]).toMatchObject({
    job: "standup",
    source: 'when("weekdays at 9am")',
    policies: { timeout: 30_000 },
    cron: "0 9 * * 1-5",
    systemd: "Mon..Fri *-*-* 09:00:00",
    clockChanges: [],
  });
  expect(await read("simulate", "--days", "1")).toMatchObject({
    from: "2026-11-22T17:40:12+01:00",
    zone: "Europe/Berlin",
  });
});

test("run runs one job and shows its result", async () => {
  const { call, checks } = await script();
  const before = checks();
  const fine = await call("run", ["priceCheck"]);
  expect(checks()).toBe(before + 1);
  expect(fine).toMatchObject({
    code: 0,
    printed: "  ▶ priceCheck   manual run (schedule unchanged)\n  ✔ 1.6s",
    reported: "",
  });
  const failed = await call("run", ["standup"]);
  expect(failed.code).toBe(1);
  expect(failed.printed).toContain("✖ 0ms");
  expect(failed.reported).toContain("    TypeError: the room\n    is taken");
  expect(failed.reported).toContain("commands.test.ts");
});

test("a wrong call names the nearest valid one and exits with 2", async () => {
  const { call } = await script();
  const jobs = "Jobs: backupPhotos dentist priceCheck standup 给植物浇水";
  expect(await call("run", ["pricecheck"], 200)).toMatchObject({
    code: 2,
    reported: `  No job "pricecheck". Did you mean priceCheck?   ${jobs}`,
  });
  expect(await call("run", [])).toMatchObject({
    code: 2,
    reported: `  missing <job>\n  ${jobs}\n  usage: node node_modules/vitest/dist/workers/forks.js run <job> | --all [--json]`,
  });
  expect((await call("list", ["--jsn"])).reported).toContain("unknown option --jsn. Did you mean --json?");
  expect((await call("simulate", ["--days", "x"])).reported).toBe(
    '  --days must be a whole number from 1 to 3,660, not "x"',
  );
  expect((await call("simulate", ["--from", "someday"])).code).toBe(2);
  expect((await call("simulate", ["--as-if-slept", "22:00"])).reported).toContain("22:00-08:00");
  expect((await call("next", ["1", "2"])).reported).toContain('No job "1"');
  expect((await call("next", ["-1"])).reported).toContain(
    'n must be a whole number from 1 to 10,000, not "-1"',
  );
  for (const [args, reported] of [
    [["--limit", "-1"], '--limit must be a whole number from 1 to 10,000, not "-1"'],
    [["-n", "-1"], '--limit must be a whole number from 1 to 10,000, not "-1"'],
    [["-n"], "--limit needs a value"],
    [["--limit", "--json"], "--limit needs a value"],
    [["--json", "-1"], 'n must be a whole number from 1 to 10,000, not "-1"'],
    [["--json=3"], "--json takes no value"],
  ] as const)
    expect((await call("list", [...args])).reported).toContain(`  ${reported}`);
  for (const [verb, args, extra] of [
    ["list", ["--limit", "5", "7"], "7"],
    ["next", ["--limit", "5", "standup", "7"], "7"],
    ["next", ["--job", "standup", "backup", "5"], "backup"],
    ["history", ["standup", "dentist"], "dentist"],
    ["history", ["--job", "standup", "dentist"], "dentist"],
  ] as const)
    expect((await call(verb, [...args])).reported).toContain(`unexpected argument "${extra}"`);
  for (const verb of ["next", "explain"] as const) {
    expect((await call(verb, [""])).reported).toContain('No job ""');
    expect((await call(verb, ["standup", "--zone", "Asia/Tokyo"])).reported).toContain(
      "a job's zone is set in the script",
    );
    expect((await call(verb, ["--zone", "EST"])).reported).toContain('Time zone: got "EST"');
  }
  expect((await call("pause", ["standup"])).reported).toContain("needs a store");
});

test.each([
  ["0 9 31 * *", "months without a 31st are skipped"],
  ["the 30th of every month", "months without a 30th are skipped"],
  ["every fifth friday of the month", "months without a fifth such day are skipped"],
  ["every year on february 29", "years without a 29 February are skipped"],
  ["0 9 31 1,3 *", undefined],
  ["last day of the month", undefined],
])("explain says which months and years %s skips", async (phrase, text) => {
  const { call } = await script();
  const { printed } = await call("explain", [phrase]);
  if (text === undefined) expect(printed).not.toContain("skipped");
  else expect(printed).toContain(text);
});

test("next shows all moments with seconds where one has some", async () => {
  const { call, schedule } = await script();
  const clocks = (text: string) => text.match(/\d\d:\d\d(?::\d\d)?/g)?.map((clock) => clock.length);
  schedule.every(30).seconds.named("beat").do(nothing);
  for (const args of [["every 30 seconds"], ["beat"]])
    expect(clocks((await call("next", [...args, "2"])).printed.replaceAll(/[+-]\d\d:\d\d/g, ""))).toEqual([
      8, 8,
    ]);
  expect(
    clocks((await call("next", ["every day at noon", "2"])).printed.replaceAll(/[+-]\d\d:\d\d/g, "")),
  ).toEqual([5, 5]);
  const { printed } = await call("explain", ["beat"]);
  expect(clocks(printed.slice(printed.indexOf("next"), printed.indexOf("how often")))).toEqual([8, 8, 8]);
});

test("next takes the beginning of a job's name, and help the name of a command", async () => {
  const { call } = await script();
  const { printed } = await call("next", ["backup", "2"]);
  expect(printed.split("\n").map((line) => line.trim().split("  ").at(-1)?.trim())).toEqual([
    "backupPhotos",
    "backupPhotos",
  ]);
  expect((await call("help", ["pause"])).printed).toContain("pause <job>");
});

test("two jobs with the same name are both listed, and neither is run", async () => {
  const { call, schedule } = await script();
  let runs = 0;
  const double = () => void runs++;
  schedule.every().day.at("10:00").named("double").do(double);
  schedule.every().day.at("11:00").named("double").do(double);
  const { code, reported } = await call("run", ["double"]);
  expect([code, runs]).toEqual([2, 0]);
  expect(reported).toBe(
    '  2 jobs are named "double". Give each its own name: .named("…")\n    double   every day at 10:00\n    double   every day at 11:00',
  );
});

test("simulate shows another week, and a machine that sleeps at night", async () => {
  const { call } = await script();
  const simulate = (args: string) => call("simulate", args.split(" "));
  const { printed } = await simulate("--days 2 --from 2027-03-27 --as-if-slept 22:00-08:00");
  expect(printed).toContain("Sat 27 Mar");
  const { raw } = await simulate("--days 1 --from 2026-11-25 --as-if-slept 22:00-08:00 --json");
  const backup = JSON.parse(raw).jobs.find(({ job }: { job: string }) => job === "backupPhotos");
  expect(backup.runs).toMatchObject([{ scheduled: "2026-11-25T02:30:00+01:00", outcome: "succeeded" }]);
  expect(backup.runs[0].starts).toMatch(/^2026-11-25T08:00:\d\d/);
});

test("control characters in names are escaped in every command", async () => {
  const { call, schedule } = await script();
  const hostile = "\x1b[2J\r\n\x9b31m\u202eevil";
  schedule
    .every()
    .day.at("10:00")
    .named(hostile)
    .do(() => {
      throw new Error(hostile);
    });
  for (const [verb, args] of [
    ["list", []],
    ["next", ["50"]],
    ["explain", []],
    ["simulate", []],
    ["run", [hostile]],
    ["run", [`${hostile}x`]],
    ["history", []],
    ["pause", [hostile]],
  ] as const)
    for (const more of verb === "pause" ? [[]] : [[], ["--json"]]) {
      const { raw } = await call(verb, [...args, ...more]);
      expect(raw.length).toBeGreaterThan(10);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come
      expect(raw.replaceAll("\n", "")).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
    }
});

test("a script without jobs says so", async () => {
  const { scheduler } = assemble({ clock: new VirtualClock(start), zone: "UTC" });
  for (const verb of ["list", "next", "explain", "history", "simulate"] as const) {
    const { code, printed } = await callOn(scheduler, verb);
    expect([code, printed !== ""]).toEqual([0, true]);
  }
});

/** A script on a store: what it did in its first process, and commands called in later ones. */
const durable = async (first: (schedule: Scheduler) => void, length: string, later = first) => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T12:00:00Z");
  const { schedule } = assemble({ clock, zone: "UTC" });
  first(schedule);
  schedule.start({ store: sqlite(path) });
  await clock.advance(length);
  await schedule.stop();
  const call = async (verb: Verb, ...args: string[]) => {
    const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
    later(schedule);
    scheduler.useStore(sqlite(path), { isReadOnly: true });
    const called = await callOn(scheduler, verb, args);
    scheduler.closeStore();
    return called;
  };
  return { call };
};

test("a job that has ended stays in list and history, with its last result", async () => {
  const { call } = await durable((schedule) => {
    schedule.every(10).minutes.named("beat").do(nothing);
    schedule
      .once("2026-11-22 12:02")
      .named("tea")
      .do(() => {
        throw new Error("no water");
      });
  }, "5 minutes");
  const { lines } = await call("list");
  expect(lines[3]).toMatch(/^ {2}tea .* ended +today 12:02 +today 12:02 +✖ Error: no water$/);
  expect(lines).toContain("  1 job, 1 ended · UTC · not running now");
  expect((await call("history")).lines).toEqual(["  Sun 22 Nov 12:02   tea   ✖ Error: no water"]);
  expect((await call("history", "tea")).lines).toEqual(["  Sun 22 Nov 12:02   tea   ✖ Error: no water"]);
  expect(JSON.parse((await call("list", "--json")).lines.join("")).jobs[1]).toMatchObject({
    job: "tea",
    next: null,
    ended: { at: "2026-11-22T12:02:00+00:00", why: "ended" },
    last: { outcome: "failed" },
  });
});

test("a job that the script no longer has is listed with its history", async () => {
  const { call } = await durable(
    (schedule) => {
      schedule.every(2).minutes.named("beat").do(nothing);
      schedule.every().minute.times(1).named("once").do(nothing);
    },
    "3 minutes",
    () => {},
  );
  const { lines } = await call("list");
  expect(lines[2]).toMatch(/^ {2}beat +every\(2\)\.minutes +not in the script +today 12:02 +✔ 0ms$/);
  expect(lines[3]).toMatch(
    /^ {2}once +every\(\)\.minute\.times\(1\) +ended +today 12:01 +today 12:01 +✔ 0ms$/,
  );
  expect((await call("history")).lines).toEqual([
    "  Sun 22 Nov 12:01   once   ✔ 0ms",
    "  Sun 22 Nov 12:02   beat   ✔ 0ms",
  ]);
});

test("history shows only failures, or only runs since a moment, of one job or of all", async () => {
  const { call } = await durable((schedule) => {
    let runs = 0;
    schedule
      .every()
      .minute.named("beat")
      .do(() => {
        runs++;
        if (runs % 2 === 0) throw new Error(`run ${runs}`);
      });
    schedule.every(3).minutes.named("tea time").do(nothing);
  }, "6 minutes");
  expect((await call("history", "--failed")).lines).toEqual([
    "  Sun 22 Nov 12:02   beat   ✖ Error: run 2",
    "  Sun 22 Nov 12:04   beat   ✖ Error: run 4",
    "  Sun 22 Nov 12:06   beat   ✖ Error: run 6",
  ]);
  expect((await call("history", "--failed", "--since", "3 minutes")).lines).toHaveLength(2);
  expect((await call("history", "--since", "2026-11-22 12:06")).lines).toHaveLength(2);
  expect((await call("history", "--since", "today")).lines).toHaveLength(8);
  expect((await call("history", "--since", "2026-11-23")).lines).toEqual(["  No run matches."]);
  expect((await call("history", "--since", "someday")).code).toBe(2);
  expect((await call("history", "--job", "tea")).lines).toHaveLength(2);
  for (const args of [["1"], ["-n", "1"], ["--limit", "1"], ["beat", "1"]])
    expect((await call("history", ...args)).lines).toHaveLength(1);
});

test("a number limits every command that lists", async () => {
  const { call } = await script();
  for (const args of [["2"], ["-n", "2"], ["--limit=2"]]) {
    expect((await call("next", args)).printed.split("\n")).toHaveLength(2);
    expect((await call("list", args)).printed).toContain("and 3 more (list 5 shows all)");
  }
  expect((await call("next", ["0"])).reported).toBe('  n must be a whole number from 1 to 10,000, not "0"');
});

test("next shows each job's next run before any job's second one", async () => {
  const { call, schedule } = await script();
  schedule.every(5).seconds.named("tick").do(nothing);
  const lines = (await call("next", ["5"])).printed.split("\n");
  const jobs = ["tick", "priceCheck", "给植物浇水", "backupPhotos", "standup, dentist"];
  for (const [i, job] of jobs.entries()) expect(lines[i]).toContain(job);
  expect(lines).toContain("  tick also runs in between: every 5 seconds");
});

test("the beginning of a name is enough where it is the beginning of one name", async () => {
  const { call, schedule } = await script();
  let runs = 0;
  for (const disk of ["/", "/home"])
    schedule
      .every()
      .day.named(`disk ${disk}`)
      .do(() => void runs++);
  expect((await call("run", ["price"])).code).toBe(0);
  expect((await call("run", ["disk /"])).code).toBe(0);
  expect(runs).toBe(1);
  const { code, reported } = await call("run", ["disk"]);
  expect([code, runs]).toEqual([2, 1]);
  expect(reported).toContain('2 jobs have names that begin with "disk":\n    disk /   ');
});

test("run --all runs every job, one after the other, and fails when one of them does", async () => {
  const { schedule, scheduler } = assemble({ clock: new VirtualClock(start), zone: "UTC" });
  const ran: string[] = [];
  for (const name of ["first", "second", "third"])
    schedule
      .every()
      .day.named(name)
      .do(async () => {
        ran.push(`${name} starts`);
        await Promise.resolve();
        ran.push(`${name} ends`);
        if (name === "second") throw new Error("no second");
      });
  const { code, printed } = await callOn(scheduler, "run", ["--all"]);
  expect(code).toBe(1);
  expect(printed).toMatch(/\n {2}3 jobs run, 1 failed$/);
  expect(ran).toEqual(["first", "second", "third"].flatMap((name) => [`${name} starts`, `${name} ends`]));
  expect((await callOn(scheduler, "run", ["--all", "first"])).code).toBe(2);
});

test("explain and next read a phrase without quotes, and take a number behind one", async () => {
  const { call } = await script();
  expect((await call("explain", ["every", "day", "at", "noon"])).printed).toContain(
    "  meaning     every day at 12:00\n",
  );
  expect((await call("next", ["every monday at 9am", "4"])).printed.split("\n")).toHaveLength(4);
  expect((await call("next", ["every", "monday", "at", "10"])).printed).toMatch(
    /^(?: {2}Mon .*10:00.*\n?){3}$/,
  );
  expect((await call("next", ["@daily", "2"])).printed.split("\n")).toHaveLength(2);
  expect((await call("explain", ["every", "wekday"])).reported).toContain('Did you mean "weekday"?');
});

test("--help of a command shows how it is called, and help lists them all", async () => {
  const { call } = await script();
  expect((await call("history", ["--help"])).printed).toMatch(
    / history \[job\] \[n\] \[--failed\].*\n\n {2}past runs/,
  );
  const { printed } = await call("help");
  for (const name of verbs.filter((verb) => verb !== "help")) expect(printed).toContain(`\n  ${name} `);
  expect(printed).toContain("Looking never runs a job.");
});

test.each(
  (["en", "zh"] as const).flatMap((language) => [60, 80, 120].map((columns) => [language, columns] as const)),
)(
  "in %s at %i columns long names are cut at 24, and no schedule is cut below 24",
  async (language, columns) => {
    useLanguage(language);
    const { schedule, scheduler } = assemble({
      clock: new VirtualClock("2026-11-22T17:40:12+01:00"),
      zone: "Europe/Berlin",
    });
    const { every, when } = schedule;
    when("every 15 minutes between 08:00 and 22:00 on weekdays except in august")
      .named("price-check-of-all-the-shops-in-town")
      .do(nothing);
    when("每月最后一个星期五下午5点，每周一和周四早上8点半")
      .named("把这个月所有照片备份到家里的服务器上")
      .do(nothing);
    every().day.at("02:30").named("short").do(nothing);
    const { lines } = await callOn(scheduler, "list", [], columns);
    expect(lines.join("\n")).toMatchSnapshot();
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines.join("\n")).toMatch(/ {2}price-check-of-all-t\S*… {3}/);
    for (const cut of lines.flatMap((line) => line.match(/(?<=\S {3,})\S.*…(?= {3,}\S)/g) ?? []))
      expect(displayWidth(cut)).toBeGreaterThanOrEqual(23);
  },
);
