import { basename } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scriptCommands } from "../../src/commands/commands.ts";
import { assemble } from "../../src/create.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { toInstant } from "../../src/time/moment.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "1");
  vi.stubEnv("FORCE_COLOR", undefined);
});
afterEach(() => vi.unstubAllEnvs());

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
  every(3)
    .days.starting("2026-11-19")
    .at("18:00")
    .named("给植物浇水")
    .do(() => {});
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
  once("2026-11-23 09:00").do(function dentist() {});
  schedule.start();
  await clock.advanceTo("2026-11-22T00:17:00+01:00");
  clock.setTo("2026-11-22T07:58:31+01:00");
  await clock.advanceTo(start);
  await schedule.stop();
  const call = async (verb: keyof typeof scriptCommands, args: string[] = [], columns = 120) => {
    const [output, errors] = [new PretendTerminal(columns), new PretendTerminal(columns)];
    const finished = scriptCommands[verb]({ scheduler, args, output, errors });
    await clock.advance("2 seconds");
    const code = await finished;
    return {
      code,
      said: output.screen.join("\n"),
      told: errors.screen.join("\n"),
      raw: output.raw + errors.raw,
    };
  };
  return { clock, schedule, scheduler, call, checks: () => checks };
};

for (const columns of [60, 80, 120])
  test(`list, next, explain and history at ${columns} columns`, async () => {
    const { call } = await script();
    for (const [verb, args] of [
      ["list", []],
      ["next", ["5"]],
      ["explain", ["priceCheck"]],
      ["history", ["-n", "5"]],
    ] as const) {
      const { code, said, raw } = await call(verb, [...args], columns);
      expect(code).toBe(0);
      expect(raw).not.toContain("\x1b");
      expect(said).toMatchSnapshot(verb);
    }
  });

test("list tells of the processes that run the jobs, as far as a store knows them", async () => {
  const clock = new VirtualClock("2026-11-22T17:40:12+01:00");
  const told = async (since: readonly string[], columns = 120, script = basename(process.argv[1]!)) => {
    const others = since.map((at, i) => ({ pid: 4242 + i, script, since: toInstant(new Date(at)) }));
    const store = { ...memoryStore(), isDurable: true, otherProcesses: () => others };
    const { scheduler } = assemble({ clock, zone: "Europe/Berlin", store });
    const output = new PretendTerminal(columns);
    await scriptCommands.list({ scheduler, args: [], output, errors: output });
    return output.screen.slice(-2).join("\n").trim();
  };
  const head = "0 jobs · Europe/Berlin (UTC+1)";
  expect(await told([])).toBe(`${head} · not running now`);
  expect(await told(["2026-11-21T09:12:40+01:00"])).toBe(
    `${head} · running since Sat 21 Nov 09:12 (pid 4242)`,
  );
  expect(await told(["2026-11-21T09:12:40+01:00", "2026-11-22T08:00:00+01:00"], 60)).toBe(
    "running since Sat 21 Nov 09:12 (pid 4242)\n  running since today 08:00 (pid 4243)",
  );
  expect(await told(["2026-11-22T08:00:00+01:00"], 120, "other\x1b[2J.ts")).toBe(
    `${head} · running since today 08:00 (pid 4242, other\\x1b[2J.ts)`,
  );
});

test("with colour, the same text is painted", async () => {
  const { call } = await script();
  const plain = await call("list");
  vi.stubEnv("NO_COLOR", undefined);
  const painted = await call("list");
  expect(painted.raw).toContain("\x1b[32m✔\x1b[39m 1.6s");
  // Two seconds lie between the two.
  const withoutWaits = (text: string) => text.replaceAll(/\d+m \d+s/g, "");
  expect(withoutWaits(painted.said)).toBe(withoutWaits(plain.said));
});

test("reading commands start nothing and change nothing", async () => {
  const { call, checks, scheduler } = await script();
  const before = [
    checks(),
    scheduler.nextRun()?.getTime(),
    JSON.stringify(scheduler.jobs().map((job) => job.history())),
  ];
  for (const verb of ["list", "next", "explain", "simulate", "history"] as const) await call(verb);
  expect([
    checks(),
    scheduler.nextRun()?.getTime(),
    JSON.stringify(scheduler.jobs().map((job) => job.history())),
  ]).toEqual(before);
});

test("jobs whose beats lie in one second run at one moment for people, and at their own for programs", async () => {
  const clock = new VirtualClock("2026-11-22T17:40:12.100Z");
  const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
  schedule.every(5).seconds.do(function first() {});
  clock.block(20);
  schedule.every(5).seconds.do(function second() {});
  const next = async (...args: string[]) => {
    const output = new PretendTerminal(80);
    await scriptCommands.next({ scheduler, args, output, errors: output });
    return output.screen;
  };
  expect(await next("2")).toEqual([
    "  Sun 22 Nov 17:40:17   first, second",
    "  Sun 22 Nov 17:40:22   first, second",
  ]);
  const { next: exact } = JSON.parse((await next("2", "--json")).join(""));
  expect(exact.map(({ jobs }: { jobs: string[] }) => jobs)).toEqual([["first"], ["second"]]);
});

test("a week is seven days of the wall clock, also when an hour is left out, and touches no eighth", async () => {
  const { call } = await script();
  const { said } = await call("simulate", ["--from", "2027-03-22", "--days", "7"]);
  expect(said).toContain("  Mon 22 Mar 00:00 → Mon 29 Mar 00:00   Europe/Berlin");
  expect(said).toContain("Sat 27 Sun 28   runs\n");
});

test("what is due and started by nobody is late, and not now", async () => {
  const { call, clock } = await script();
  expect((await call("list")).said).toMatch(/priceCheck .* today 17:45 +4m 48s /);
  clock.setTo("2026-11-22T17:45:30+01:00");
  expect((await call("list")).said).toMatch(/priceCheck .* today 17:45 +now /);
  clock.setTo("2026-11-22T18:07:30+01:00");
  expect((await call("list")).said).toMatch(/priceCheck .* today 17:45 +22m 30s late /);
});

test("JSON is one document on one line, with stable members", async () => {
  const { call } = await script();
  const read = async (verb: keyof typeof scriptCommands, ...args: string[]) => {
    const { raw } = await call(verb, [...args, "--json"]);
    expect(raw.trim()).not.toContain("\n");
    return JSON.parse(raw);
  };
  expect((await read("list")).jobs[0]).toEqual({
    job: "priceCheck",
    when: expect.stringMatching(/^every 15 minutes, aligned to the clock, .*between 08:00 and 22:00$/),
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
    said: 'when("weekdays at 9am")',
    policies: { timeout: 30_000 },
    cron: "0 9 * * 1-5",
    systemd: "Mon..Fri *-*-* 09:00:00",
    mind: [],
  });
  expect(await read("simulate", "--days", "1")).toMatchObject({
    from: "2026-11-22T17:40:20+01:00",
    zone: "Europe/Berlin",
  });
});

test("run does one job by hand and says how it went", async () => {
  const { call, checks } = await script();
  const before = checks();
  const fine = await call("run", ["priceCheck"]);
  expect(checks()).toBe(before + 1);
  expect(fine).toMatchObject({
    code: 0,
    said: "  ▶ priceCheck   run by hand, the schedule is not touched\n  ✔ 1.6s",
    told: "",
  });
  const failed = await call("run", ["standup"]);
  expect(failed.code).toBe(1);
  expect(failed.said).toContain("✖ 0ms");
  expect(failed.told).toContain("    TypeError: the room\n    is taken");
  expect(failed.told).toContain("commands.test.ts");
});

test("what is not understood is answered with the nearest, code 2", async () => {
  const { call } = await script();
  const jobs = "Jobs: backupPhotos dentist priceCheck standup 给植物浇水";
  expect(await call("run", ["pricecheck"], 200)).toMatchObject({
    code: 2,
    told: `  No job "pricecheck". Did you mean priceCheck?   ${jobs}`,
  });
  expect(await call("run", [])).toMatchObject({
    code: 2,
    told: `  Which job?\n  usage: run <job> [--json]\n  ${jobs}`,
  });
  expect((await call("list", ["--jsn"])).told).toContain("Unknown option '--jsn'. Did you mean --json?");
  expect((await call("simulate", ["--days", "x"])).told).toBe(
    '  --days is a whole number from 1 to 10000, not "x".',
  );
  expect((await call("simulate", ["--from", "someday"])).code).toBe(2);
  expect((await call("simulate", ["--as-if-slept", "22:00"])).told).toContain("22:00-08:00");
  expect((await call("next", ["1", "2"])).code).toBe(2);
  expect((await call("pause", ["standup"])).told).toContain("needs a store");
});

test("two jobs with one name are both told, and neither is run", async () => {
  const { call, schedule } = await script();
  let runs = 0;
  const double = () => void runs++;
  schedule.every().day.at("10:00").named("double").do(double);
  schedule.every().day.at("11:00").named("double").do(double);
  const { code, told } = await call("run", ["double"]);
  expect([code, runs]).toEqual([2, 0]);
  expect(told).toBe(
    '  2 jobs are named "double". Give each a name of its own: .named("…")\n    double   every day at 10:00\n    double   every day at 11:00',
  );
});

test("simulate can look at another week, and at a machine that sleeps at night", async () => {
  const { call } = await script();
  const { said } = await call("simulate", [
    "--days",
    "2",
    "--from",
    "2027-03-27",
    "--as-if-slept",
    "22:00-08:00",
  ]);
  expect(said).toContain("Sat 27 Mar");
  const { raw } = await call("simulate", [
    "--days",
    "1",
    "--from",
    "2026-11-25",
    "--as-if-slept",
    "22:00-08:00",
    "--json",
  ]);
  const backup = JSON.parse(raw).jobs.find(({ job }: { job: string }) => job === "backupPhotos");
  expect(backup.runs).toMatchObject([{ scheduled: "2026-11-25T02:30:00+01:00", outcome: "succeeded" }]);
  expect(backup.runs[0].starts).toMatch(/^2026-11-25T08:00:\d\d/);
});

test("hostile names are text in every command", async () => {
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
    const [output, errors] = [new PretendTerminal(80), new PretendTerminal(80)];
    expect(await scriptCommands[verb]({ scheduler, args: [], output, errors })).toBe(0);
    expect(output.screen.length).toBeGreaterThan(0);
  }
});
