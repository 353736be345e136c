import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createScheduler } from "../../src/create.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { enter, fresh, job, nth, opening, sqlite } from "./scene.ts";
import { startScript } from "./script.ts";

test("after a restart a job keeps its spacing and its history, and what it missed is caught up", async () => {
  const { path, clock } = fresh();
  const first = startScript(path, clock);
  first.every(10).minutes.named("beat").do(first.note);
  first.start();
  await clock.advance("25 minutes");
  await first.stop();
  await clock.advance("31 minutes");
  const second = startScript(path, clock);
  const beat = second.every(10).minutes.named("beat").do(second.note);
  second.start();
  await clock.advance("5 minutes");
  await second.stop();
  expect(first.ran).toEqual(["beat 12:10", "beat 12:20"]);
  expect(second.ran).toEqual(["beat 12:50", "beat 13:00"]);
  expect(beat.history().map(({ outcome, count = 1 }) => `${outcome} ${count}`)).toEqual([
    "succeeded 1",
    "succeeded 1",
    "coalesced 2",
    "succeeded 1",
    "succeeded 1",
  ]);
  expect(second.warnings).toEqual([]);
});

test("a phrase that counts from now keeps the moment it meant when it was first registered", async () => {
  const { path, clock } = fresh();
  const say = () => {
    const script = startScript(path, clock);
    script.once("in 30 minutes").named("tea").do(script.note);
    script.start();
    return script;
  };
  const first = say();
  await clock.advance("10 minutes");
  await first.stop();
  const second = say();
  await clock.advance("25 minutes");
  await second.stop();
  expect(second.ran).toEqual(["tea 12:30"]);
  const third = say();
  expect(third.jobs()).toEqual([]);
  await clock.advance("1 hour");
  await third.stop();
  expect(third.ran).toEqual([]);
});

test("a changed schedule starts over from now, with a warning", async () => {
  const { path, clock } = fresh();
  const first = startScript(path, clock);
  first.every(10).minutes.named("beat").do(first.note);
  first.start();
  await clock.advance("25 minutes");
  await first.stop();
  await clock.advance("2 hours");
  const second = startScript(path, clock);
  second.every(30).minutes.named("beat").do(second.note);
  second.start();
  await clock.advance("1 hour");
  await second.stop();
  expect(second.ran).toEqual(["beat 14:55", "beat 15:25"]);
  expect(second.warnings).toEqual([
    expect.stringMatching(
      /^beat: its schedule was changed, it was every\(10\)\.minutes.*starts over from now$/,
    ),
  ]);
});

test("another zone is another schedule", async () => {
  const { path, clock } = fresh();
  for (const [zone, hour] of [
    ["UTC", "09:00"],
    ["Asia/Tokyo", "00:00"],
  ] as const) {
    const script = startScript(path, clock, { zone });
    script.every().day.at("09:00").named("tea").do(script.note);
    script.start();
    await clock.advance("1 day");
    await script.stop();
    expect(script.ran).toEqual([`tea ${hour}`]);
    expect(script.warnings).toHaveLength(zone === "UTC" ? 0 : 1);
  }
});

test("a job that is no longer in the script is kept and listed", async () => {
  const { path, clock } = fresh();
  const first = startScript(path, clock);
  first.every(10).minutes.named("old").do(first.note);
  first.start();
  await clock.advance("15 minutes");
  await first.stop();
  const store = sqlite(path);
  store.open(opening(clock));
  store.register(job({ name: "new" }));
  expect(store.orphanedJobs()).toMatchObject([
    {
      name: "old",
      source: expect.stringContaining("every(10)"),
      lastDecided: nth(1),
      isPaused: false,
    },
  ]);
  store.close();
  const third = startScript(path, clock);
  third.every(10).minutes.named("old").do(third.note);
  third.start();
  await clock.advance("10 minutes");
  await third.stop();
  expect(third.ran).toEqual(["old 12:20"]);
});

test("a paused job stays paused, and failures in a row are counted on", async () => {
  const { path, clock } = fresh();
  const fail = () => {
    throw new Error("no");
  };
  const first = startScript(path, clock);
  first.listen("failed", () => {});
  first.every(10).minutes.named("rest").do(first.note).pause();
  first.every(10).minutes.named("bad").pauseAfterFailures(3).do(fail);
  first.start();
  await clock.advance("25 minutes");
  await first.stop();
  const second = startScript(path, clock);
  second.listen("failed", () => {});
  const rest = second.every(10).minutes.named("rest").do(second.note);
  const bad = second.every(10).minutes.named("bad").pauseAfterFailures(3).do(fail);
  second.start();
  await clock.advance("15 minutes");
  expect([rest.isPaused, bad.isPaused, bad.history().length]).toEqual([true, true, 3]);
  rest.resume();
  await clock.advance("10 minutes");
  await second.stop();
  expect(second.ran).toEqual(["rest 12:50"]);
});

test("a job counted from the end of its runs continues from that end, with what is left of its times", async () => {
  const { path, clock } = fresh();
  const say = () => {
    const script = startScript(path, clock);
    script
      .every(10)
      .minutes.fixedDelay()
      .times(3)
      .named("slow")
      .do(async (context) => {
        script.note(context);
        await clock.sleep("4 minutes");
      });
    script.start();
    return script;
  };
  const first = say();
  await clock.advance("20 minutes");
  await first.stop();
  const second = say();
  await clock.advance("1 hour");
  await second.stop();
  expect([...first.ran, ...second.ran]).toEqual(["slow 12:10", "slow 12:24", "slow 12:38"]);
  expect(second.jobs()).toEqual([]);
});

test("what waited when the script was stopped runs when it is started again, if that is soon enough", async () => {
  const { path, clock } = fresh();
  const say = () => {
    const script = startScript(path, clock);
    script
      .every(10)
      .minutes.named("queue")
      .overlap("queueAll")
      .do(async (context) => {
        script.note(context);
        await clock.sleep("25 minutes");
      });
    script.start();
    return script;
  };
  const first = say();
  await clock.advance("31 minutes");
  const stopped = first.stop("1 minute");
  await clock.advance("1 minute");
  await stopped;
  expect(first.ran).toEqual(["queue 12:10"]);
  await clock.advance("10 minutes");
  const second = say();
  await clock.advance("2 minutes");
  expect(second.ran).toEqual(["queue 12:40"]);
  expect(
    second
      .jobs()[0]!
      .history()
      .map(({ outcome }) => outcome),
  ).toEqual(["succeeded", "expired", "expired"]);
});

test("the file is its owner's alone, also when it was not", () => {
  const { path, clock } = fresh();
  const wide = join(path, "../wide.db");
  writeFileSync(wide, "", { mode: 0o644 });
  for (const file of [path, wide]) {
    const store = sqlite(file);
    store.open(opening(clock));
    store.register(job());
    for (const part of ["", "-wal", "-lock"]) expect(statSync(file + part).mode & 0o777).toBe(0o600);
    store.close();
  }
});

test("a thousand decisions on a job are kept, or as many as are asked for", () => {
  const { path, clock } = fresh();
  const { store, jobRecord } = enter(sqlite(path, { historyLimit: 10 }), { clock });
  for (let n = 1; n <= 250; n++) jobRecord.record({ scheduled: nth(n), outcome: "skipped", attempts: 0 });
  expect(jobRecord.history()).toHaveLength(10);
  store.close();
  const db = findSqlite()(path);
  expect(Number(db.prepare("SELECT count(*) AS rows FROM runs").get()!.rows)).toBeLessThanOrEqual(10 + 100);
  db.close();
});

test("a durable job needs a name of its own", () => {
  const { path, clock } = fresh();
  const { every } = startScript(path, clock);
  expect(() => every().day.do(() => {})).toThrow(expect.objectContaining({ code: "name-missing" }));
  every()
    .day.named("tea")
    .do(() => {});
  expect(() =>
    every()
      .hour.named("tea")
      .do(() => {}),
  ).toThrow(expect.objectContaining({ code: "name-taken" }));
});

test("warnings reach listeners registered before the start, else the terminal", async () => {
  const { path, clock } = fresh();
  const say = (unit: "hours" | "days") => {
    const schedule = createScheduler({ clock, zone: "UTC", store: sqlite(path) });
    schedule
      .every(2)
      [unit].named("tea")
      .do(() => {});
    return schedule;
  };
  await say("hours").stop();
  const warnings: string[] = [];
  const listening = say("days");
  listening.listen("warning", ({ message }) => warnings.push(message));
  listening.start();
  await listening.stop();
  expect(warnings).toEqual([expect.stringContaining("tea: its schedule was changed")]);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const silent = say("hours");
  silent.start();
  await silent.stop();
  expect(error.mock.calls).toEqual([[expect.stringContaining("onthedot: tea: its schedule was changed")]]);
  error.mockRestore();
});

test("a scheduler that was stopped can be started again", async () => {
  const { path, clock } = fresh();
  const script = startScript(path, clock);
  script.every(10).minutes.named("beat").do(script.note);
  script.start();
  await clock.advance("15 minutes");
  await script.stop();
  await clock.advance("30 minutes");
  script.start();
  await clock.advance("10 minutes");
  await script.stop();
  expect(script.ran).toEqual(["beat 12:10", "beat 12:40", "beat 12:50"]);
});

test("what a job was and did before its store was named is kept there", async () => {
  const { path, clock } = fresh();
  const ran: string[] = [];
  const say = () => {
    const schedule = createScheduler({ clock, zone: "UTC" });
    const note = ({ job, scheduled }: { job: { name: string }; scheduled: Date }) =>
      void ran.push(`${job.name} ${scheduled.toISOString().slice(11, 16)}`);
    const rest = schedule.every(10).minutes.named("rest").do(note);
    schedule.every(10).minutes.named("beat").do(note);
    return { ...schedule, rest };
  };
  const first = say();
  first.rest.pause();
  first.start();
  await clock.advance("25 minutes");
  first.start({ store: sqlite(path) });
  await clock.advance("10 minutes");
  await first.stop();
  expect([first.rest.isPaused, ran]).toEqual([true, ["beat 12:10", "beat 12:20", "beat 12:30"]]);
  const second = say();
  second.start({ store: sqlite(path) });
  await clock.advance("10 minutes");
  await second.stop();
  expect([second.rest.isPaused, ran.slice(3)]).toEqual([true, ["beat 12:40"]]);
});

test("of runs that waited for each other before a restart, one begins, and the others may still begin after a crash", async () => {
  const { path, clock } = fresh();
  const begun: number[] = [];
  const say = () => {
    const store = sqlite(path);
    const { claimAll } = store;
    store.claimAll = (claims, starting, now) => {
      if (starting.length > 0) begun.push(starting.length);
      return claimAll.call(store, claims, starting, now);
    };
    const schedule = createScheduler({ clock, zone: "UTC", store });
    schedule
      .every(10)
      .minutes.named("queue")
      .overlap("queueAll")
      .catchUp("all")
      .do(() => clock.sleep("25 minutes"));
    schedule.start();
    return schedule;
  };
  const first = say();
  await clock.advance("31 minutes");
  const stopped = first.stop("1 second");
  await clock.advance("1 second");
  await stopped;
  await clock.advance("8 minutes");
  say();
  await clock.advance("1 minute");
  expect(begun).toEqual([1]);
});
