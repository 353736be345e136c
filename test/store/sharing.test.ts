import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { Session } from "../../src/store/sqlite/session.ts";
import { type RunRow, toRow } from "../../src/store/sqlite/tables.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Instant } from "../../src/time/instant.ts";
import { formatIso } from "../../src/time/iso.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { systemZone } from "../../src/time/zone.ts";
import { sqlite } from "./job-store.ts";
import { at, claim, folder, job, minutes, opening } from "./scene.ts";
import { startScript } from "./script.ts";

const noon = "2026-03-01T12:00:00Z";
const fresh = () => ({ path: join(folder(), "jobs.db"), clock: new VirtualClock(noon) });

const refusalOf = (act: () => unknown): ScheduleError | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return error as ScheduleError;
  }
};

test("a script that is started twice on one file is rejected, unless allowMultiple is set", () => {
  const { path, clock } = fresh();
  const first = sqlite(path);
  first.open(opening(clock));
  first.register(job());
  first.commit();
  const second = sqlite(path);
  second.open(opening(clock));
  const refusal = refusalOf(() => second.register(job()));
  expect(refusal).toBeInstanceOf(ScheduleError);
  expect(refusal).toMatchObject({ code: "already-running" });
  expect(refusal!.message).toContain(
    `is already running (pid ${process.pid}, since ${formatIso(clock.now(), systemZone()).slice(0, 16).replace("T", " ")}) on jobs.db`,
  );
  expect(refusal!.message).toContain("--allow-multiple");
  second.close();
  second.open(opening(clock, { allowMultiple: true }));
  second.register(job());
  second.commit();
  first.close();
  first.open(opening(clock));
  // The one that came as another is there still.
  expect(refusalOf(() => first.register(job()))).toMatchObject({ code: "already-running" });
  second.close();
  first.register(job());
  first.close();
});

test("two scripts that share no job run together on one file", async () => {
  const { path, clock } = fresh();
  const [one, two, three] = [startScript(path, clock), startScript(path, clock), startScript(path, clock)];
  one.every(10).minutes.named("backup").do(one.note);
  two.every(10).minutes.named("report").do(two.note);
  one.start();
  two.start();
  await clock.advance("25 minutes");
  expect([one.ran, two.ran]).toEqual([
    ["backup 12:10", "backup 12:20"],
    ["report 12:10", "report 12:20"],
  ]);
  expect(refusalOf(() => three.every(5).minutes.named("report").do(three.note))).toMatchObject({
    code: "already-running",
    message: expect.stringContaining("its jobs would run twice"),
  });
  for (const script of [one, two, three]) await script.stop();
  expect([...one.warnings, ...two.warnings]).toEqual([]);
});

test("a visit is no second start, and decides nothing", () => {
  const { path, clock } = fresh();
  const first = sqlite(path);
  first.open(opening(clock));
  const jobRecord = first.register(job());
  const to = at("2026-03-01T12:10:00Z");
  claim(first, jobRecord, { from: null, to, now: to, starts: [to], deferred: [], passed: [] });
  const visitor = sqlite(path);
  visitor.open(opening(clock, { isReadOnly: true }));
  expect(visitor.register(job({ source: "every(1).hour" })).remembered).toMatchObject({
    rerun: [],
    interrupted: [],
  });
  expect(visitor.register(job()).remembered).toMatchObject({ lastDecided: to });
  visitor.register(job()).pause(true);
  visitor.close();
  jobRecord.record({ scheduled: to, outcome: "succeeded", attempts: 1 });
  first.close();
  const later = sqlite(path);
  later.open(opening(clock));
  expect(later.register(job()).remembered).toMatchObject({
    lastDecided: to,
    isPaused: true,
    interrupted: [],
  });
  later.close();
});

test("whoever has a store open to run jobs is seen by the others and by a visit, also hours later when nothing is due", async () => {
  const { path, clock } = fresh();
  const first = sqlite(path);
  first.open(opening(clock));
  expect(first.otherProcesses()).toEqual([]);
  await clock.advance("3 hours");
  const visitor = sqlite(path);
  visitor.open(opening(clock, { isReadOnly: true }));
  const script = basename(process.argv[1]!);
  const running = { pid: process.pid, script, since: at(noon) };
  expect(visitor.otherProcesses()).toEqual([running]);
  expect(first.otherProcesses()).toEqual([]);
  const second = sqlite(path);
  second.open(opening(clock, { allowMultiple: true }));
  expect(visitor.otherProcesses()).toEqual([running, { ...running, since: clock.now() }]);
  expect(second.otherProcesses()).toEqual([running]);
  first.close();
  expect(visitor.otherProcesses()).toEqual([{ ...running, since: clock.now() }]);
  second.close();
  expect(visitor.otherProcesses()).toEqual([]);
  visitor.close();
});

test("two processes on one file start each occurrence once, also when one comes later or the clock is set back", async () => {
  const { path, clock } = fresh();
  const scripts = [
    startScript(path, clock, { allowMultiple: true }),
    startScript(path, clock, { allowMultiple: true }),
  ];
  for (const script of scripts) {
    script.every(10).minutes.named("beat").do(script.note);
    script.every().hour.at(":30").named("half").do(script.note);
    script.start();
  }
  await clock.advance("65 minutes");
  clock.setTo("2026-03-01T12:25:00Z");
  await clock.advance("30 minutes");
  for (const script of scripts) await script.stop();
  const ran = scripts.flatMap((script) => script.ran).sort();
  // Set back by forty minutes at 13:05: half past twelve does not come again, and the beat is kept, from 13:00 and ten minutes on.
  expect(ran).toEqual([
    "beat 12:10",
    "beat 12:20",
    "beat 12:30",
    "beat 12:30",
    "beat 12:40",
    "beat 12:40",
    "beat 12:50",
    "beat 12:50",
    "beat 13:00",
    "half 12:30",
  ]);
});

/** A file in which a process has left an occurrence behind. */
const leave = (path: string, row: Partial<RunRow>, ifInterrupted: "report" | "rerun"): void => {
  const store = sqlite(path);
  const planned = at("2026-03-01T12:10:00Z");
  store.open(opening());
  const jobRecord = store.register(job({ ifInterrupted }));
  claim(store, jobRecord, {
    from: null,
    to: planned,
    now: planned,
    starts: [planned],
    deferred: [],
    passed: [],
  });
  jobRecord.record({ scheduled: planned, outcome: "succeeded", attempts: 1 });
  store.close();
  const db = new Session(findSqlite()(path));
  const key = { job: "beat", epoch: 0, extra: 0, owner: "of a process that is dead" };
  db.put("runs", {
    ...toRow({ scheduled: planned, outcome: null, started: planned, attempts: 0 }, key),
    ...row,
  });
  db.close();
};

const planned = at("2026-03-01T12:10:00Z");

test("a run whose process died is recorded as interrupted, once, and reported", async () => {
  const { path, clock } = fresh();
  leave(path, {}, "report");
  await clock.advance("1 hour");
  const script = startScript(path, clock);
  const events: string[] = [];
  script.listen("interrupted", ({ job, run }) =>
    events.push(`${job.name} ${run.scheduled.toISOString()} ${run.outcome}`),
  );
  const beat = script.every(10).minutes.named("beat").do(script.note);
  script.start();
  await clock.advance("1 minute");
  await script.stop();
  expect(events).toEqual(["beat 2026-03-01T12:10:00.000Z interrupted"]);
  expect(script.warnings).toEqual([
    "beat: its run of 2026-03-01 12:10:00 UTC was interrupted when the script ended",
  ]);
  expect(beat.history()[0]).toMatchObject({ outcome: "interrupted", attempts: 1 });
  const again = sqlite(path);
  again.open(opening(clock));
  expect(again.register(job()).remembered!.interrupted).toEqual([]);
  again.close();
});

const takenUp = (ifInterrupted: "report" | "rerun", row: Partial<RunRow>) => {
  const { path, clock } = fresh();
  leave(path, row, ifInterrupted);
  const store = sqlite(path);
  store.open(opening(clock));
  const jobRecord = store.register(job({ ifInterrupted }));
  return { store, jobRecord, known: jobRecord.remembered! };
};

test("under rerun an interrupted run runs again, with its attempts counted", () => {
  const { store, jobRecord, known } = takenUp("rerun", { attempts: 1 });
  expect(known).toMatchObject({ rerun: [planned], unstarted: [], interrupted: [] });
  jobRecord.record({
    scheduled: planned,
    outcome: "succeeded",
    started: planned,
    ended: planned,
    attempts: 1,
  });
  expect(jobRecord.history()).toMatchObject([{ scheduled: planned, outcome: "succeeded", attempts: 3 }]);
  store.close();
});

test("what was claimed and had not begun may begin, also under report", () => {
  const { store, jobRecord, known } = takenUp("report", { started: null });
  expect(known).toMatchObject({ rerun: [], unstarted: [planned], interrupted: [] });
  jobRecord.begin(planned, planned, false);
  jobRecord.record({
    scheduled: planned,
    outcome: "succeeded",
    started: planned,
    ended: planned,
    attempts: 1,
  });
  expect(jobRecord.history()).toMatchObject([{ scheduled: planned, outcome: "succeeded", attempts: 1 }]);
  store.close();
});

test("an interrupted manual run is never run again", () => {
  const { store, known } = takenUp("rerun", { extra: 1, by_hand: 1 });
  expect(known).toMatchObject({ rerun: [], interrupted: [{ outcome: "interrupted", byHand: true }] });
  store.close();
});

test("a run of a process that lives is left alone", () => {
  const { path, clock } = fresh();
  const first = sqlite(path);
  first.open(opening(clock));
  const jobRecord = first.register(job({ ifInterrupted: "rerun" }));
  claim(first, jobRecord, {
    from: null,
    to: planned,
    now: planned,
    starts: [planned],
    deferred: [],
    passed: [],
  });
  const second = sqlite(path);
  second.open(opening(clock, { allowMultiple: true }));
  expect(second.register(job({ ifInterrupted: "rerun" })).remembered).toMatchObject({
    rerun: [],
    interrupted: [],
  });
  second.close();
  jobRecord.record({ scheduled: planned, outcome: "succeeded", attempts: 1 });
  expect(jobRecord.history()).toHaveLength(1);
  first.close();
});

test("of two processes that start at once, one takes over interrupted runs", () => {
  const { path, clock } = fresh();
  leave(path, {}, "rerun");
  const known = [sqlite(path), sqlite(path)].map((store) => {
    store.open(opening(clock, { allowMultiple: true }));
    const { rerun } = store.register(job({ ifInterrupted: "rerun" })).remembered!;
    return { store, rerun };
  });
  expect(known.map(({ rerun }) => rerun)).toEqual([[planned], []]);
  for (const { store } of known) store.close();
});

test("of two claims from one place, one is won, and the loser learns where the job stands", () => {
  const { path, clock } = fresh();
  const enter = () => {
    const store = sqlite(path);
    store.open(opening(clock, { allowMultiple: true }));
    return { store, jobRecord: store.register(job()) };
  };
  const [one, two] = [enter(), enter()];
  const from = (to: Instant, from: Instant | null = null) => ({
    from,
    to,
    now: to,
    starts: [to],
    deferred: [],
    passed: [],
  });
  expect(claim(one.store, one.jobRecord, from(planned))).toBe("won");
  expect(claim(two.store, two.jobRecord, from(planned))).toBe("lost");
  expect(two.jobRecord.jobState()).toMatchObject({ lastDecided: planned });
  const next = (planned + minutes(10)) as Instant;
  expect(claim(two.store, two.jobRecord, from(next, planned))).toBe("won");
  expect(one.jobRecord.rebase({ recurrence: job().recurrence, anchor: next, runCount: 0 })).toBeUndefined();
  expect(two.jobRecord.rebase({ recurrence: job().recurrence, anchor: planned, runCount: 0 })).toMatchObject({
    anchor: next,
  });
  for (const { store } of [one, two]) store.close();
});

test("a last decision that lies far in the future is reported once, and the job continues from now", async () => {
  const { path, clock } = fresh();
  clock.setTo("2099-01-01T00:00:00Z");
  const first = startScript(path, clock);
  first.every().day.at("09:00").named("tea").do(first.note);
  first.start();
  await first.stop();
  const db = new Session(findSqlite()(path));
  db.put("jobs", {
    ...db.job("tea")!,
    anchor: at("2026-02-01T00:00:00Z"),
    last_decided: at("2099-01-05T09:00:00Z"),
  });
  db.close();
  clock.setTo(noon);
  const second = startScript(path, clock);
  second.every().day.at("09:00").named("tea").do(second.note);
  second.start();
  await clock.advance("2 days");
  await second.stop();
  expect(second.warnings).toEqual([
    "tea: its last recorded run is at 2099-01-05 09:00:00 UTC, which is in the future; it continues from now",
  ]);
  expect(second.ran).toEqual(["tea 09:00", "tea 09:00"]);
  const third = startScript(path, clock);
  third.every().day.at("09:00").named("tea").do(third.note);
  await third.stop();
  expect(third.warnings).toEqual([]);
});

test("a job first registered in the future starts over from now", async () => {
  const { path, clock } = fresh();
  clock.setTo("2099-01-01T00:00:00Z");
  const say = () => {
    const script = startScript(path, clock);
    script.every(10).minutes.named("beat").do(script.note);
    script.start();
    return script;
  };
  await say().stop();
  clock.setTo(noon);
  const second = say();
  await clock.advance("20 minutes");
  await second.stop();
  expect(second.ran).toEqual(["beat 12:10", "beat 12:20"]);
  expect(second.warnings).toHaveLength(1);
});
