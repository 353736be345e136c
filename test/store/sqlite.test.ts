import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createScheduler } from "../../src/create.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { enter, fresh, nth, sqlite } from "./scene.ts";
import { beat, lived, type Script, started, startScript } from "./script.ts";

test("after a restart a job keeps its spacing and its history, and what it missed is caught up", async () => {
  const { path, clock } = fresh();
  const first = await lived(path, clock, "25 minutes", beat);
  await clock.advance("31 minutes");
  const second = await lived(path, clock, "5 minutes", beat);
  expect(first.ran).toEqual(["beat 12:10", "beat 12:20"]);
  expect(second.ran).toEqual(["beat 12:50", "beat 13:00"]);
  expect(second.job.history().map(({ outcome, count = 1 }) => `${outcome} ${count}`)).toEqual([
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
  const tea: Script = ({ once, note }) => once("in 30 minutes").named("tea").do(note);
  await lived(path, clock, "10 minutes", tea);
  expect((await lived(path, clock, "25 minutes", tea)).ran).toEqual(["tea 12:30"]);
  const third = started(path, clock, tea);
  expect(third.jobs()).toEqual([]);
  await clock.advance("1 hour");
  await third.stop();
  expect(third.ran).toEqual([]);
});

test("a changed schedule starts over from now, with a warning", async () => {
  const { path, clock } = fresh();
  await lived(path, clock, "25 minutes", beat);
  await clock.advance("2 hours");
  const slower: Script = ({ every, note }) => every(30).minutes.named("beat").do(note);
  const second = await lived(path, clock, "1 hour", slower);
  expect(second.ran).toEqual(["beat 14:55", "beat 15:25"]);
  expect(second.warnings).toEqual([
    expect.stringMatching(/^beat: its schedule changed from every\(10\)\.minutes.*starts over from now$/),
  ]);
});

test("another zone is another schedule", async () => {
  const { path, clock } = fresh();
  const tea: Script = ({ every, note }) => every().day.at("09:00").named("tea").do(note);
  const [one, two] = [
    await lived(path, clock, "1 day", tea),
    await lived(path, clock, "1 day", tea, { zone: "Asia/Tokyo" }),
  ];
  expect([one.ran, two.ran]).toEqual([["tea 09:00"], ["tea 00:00"]]);
  expect([one.warnings.length, two.warnings.length]).toEqual([0, 1]);
});

test("a job that is no longer in the script is kept and listed", async () => {
  const { path, clock } = fresh();
  await lived(path, clock, "15 minutes", beat);
  const { store } = enter(path, { clock, name: "new" });
  expect(store.orphanedJobs()).toMatchObject([
    { name: "beat", source: expect.stringContaining("every(10)"), lastDecided: nth(1), isPaused: false },
  ]);
  store.close();
  expect((await lived(path, clock, "10 minutes", beat)).ran).toEqual(["beat 12:20"]);
});

test("a paused job stays paused, and failures in a row are counted on", async () => {
  const { path, clock } = fresh();
  const bad: Script = ({ every, note }) => {
    every(10).minutes.named("rest").do(note);
    return every(10)
      .minutes.named("bad")
      .pauseAfterFailures(3)
      .do(() => {
        throw new Error("no");
      });
  };
  const first = started(path, clock, bad);
  first.jobs()[0]!.pause();
  await clock.advance("25 minutes");
  await first.stop();
  const second = started(path, clock, bad);
  await clock.advance("15 minutes");
  expect(second.jobs().map(({ isPaused }) => isPaused)).toEqual([true, true]);
  expect(second.job.history()).toHaveLength(3);
  second.jobs()[0]!.resume();
  await clock.advance("10 minutes");
  await second.stop();
  expect(second.ran).toEqual(["rest 12:50"]);
});

test("a job counted from the end of its runs continues from that end, with what is left of its times", async () => {
  const { path, clock } = fresh();
  const slow: Script = ({ every, note }) =>
    every(10)
      .minutes.fixedDelay()
      .times(3)
      .named("slow")
      .do(async (context) => {
        note(context);
        await clock.sleep("4 minutes");
      });
  const first = await lived(path, clock, "20 minutes", slow);
  const second = await lived(path, clock, "1 hour", slow);
  expect([...first.ran, ...second.ran]).toEqual(["slow 12:10", "slow 12:24", "slow 12:38"]);
  expect(second.jobs()).toEqual([]);
});

const queue: Script = ({ every, note, clock }) =>
  every(10)
    .minutes.named("queue")
    .overlap("queueAll")
    .do(async (context) => {
      note(context);
      await clock.sleep("25 minutes");
    });

test("what waited when the script was stopped runs when it is started again, if that is soon enough", async () => {
  const { path, clock } = fresh();
  const first = started(path, clock, queue);
  await clock.advance("31 minutes");
  const stopped = first.stop("1 minute");
  await clock.advance("1 minute");
  await stopped;
  expect(first.ran).toEqual(["queue 12:10"]);
  await clock.advance("10 minutes");
  const second = started(path, clock, queue);
  await clock.advance("2 minutes");
  expect(second.ran).toEqual(["queue 12:40"]);
  expect(second.job.history().map(({ outcome }) => outcome)).toEqual(["succeeded", "expired", "expired"]);
});

test("the file is its owner's alone, also when it was not", () => {
  const { path, clock } = fresh();
  const wide = join(path, "../wide.db");
  writeFileSync(wide, "", { mode: 0o644 });
  for (const file of [path, wide]) {
    const { store } = enter(file, { clock });
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
  expect(warnings).toEqual([expect.stringContaining("tea: its schedule changed from")]);
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const silent = say("hours");
  silent.start();
  await silent.stop();
  expect(error.mock.calls).toEqual([[expect.stringContaining("onthedot: tea: its schedule changed from")]]);
  error.mockRestore();
});

test("a scheduler that was stopped can be started again", async () => {
  const { path, clock } = fresh();
  const script = await lived(path, clock, "15 minutes", beat);
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
