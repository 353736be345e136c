import { basename } from "node:path";
import { expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { createScheduler } from "../../src/index.ts";
import { interval } from "../../src/recurrence/build.ts";
import { Session } from "../../src/store/sqlite/session.ts";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { type JobRow, type RunRow, toRow } from "../../src/store/sqlite/tables.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { formatIso } from "../../src/time/iso.ts";
import { systemZone } from "../../src/time/zone.ts";
import { at, claim, enter, fresh, job, minutes, noon, nth, opening, sqlite, succeeded } from "./scene.ts";
import { beat, lived, type Script, started, startScript } from "./script.ts";

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
  const { store: first } = enter(path, { clock });
  first.commit();
  const second = sqlite(path);
  second.open(opening(clock));
  const refusal = refusalOf(() => second.register(job()));
  expect(refusal).toBeInstanceOf(ScheduleError);
  expect(refusal).toMatchObject({ code: "already-running" });
  const since = formatIso(clock.now(), systemZone()).slice(0, 16).replace("T", " ");
  expect(refusal!.message).toContain(`is already running (pid ${process.pid}, since ${since}) on jobs.db`);
  expect(refusal!.message).toContain("--allow-multiple");
  second.close();
  enter(second, { clock, allowMultiple: true }).store.commit();
  first.close();
  // The one that came as another is there still.
  expect(refusalOf(() => enter(first, { clock }))).toMatchObject({ code: "already-running" });
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
  const { store: first, jobRecord } = enter(path, { clock });
  claim(first, jobRecord, nth(1));
  const { store: visitor, jobRecord: seen } = enter(path, {
    clock,
    isReadOnly: true,
    source: "every(1).hour",
  });
  expect(seen.remembered).toMatchObject({ rerun: [], interrupted: [] });
  expect(visitor.register(job()).remembered).toMatchObject({ lastDecided: nth(1) });
  visitor.register(job()).pause(true);
  visitor.close();
  jobRecord.record(succeeded(nth(1)));
  first.close();
  const later = enter(path, { clock });
  expect(later.jobRecord.remembered).toMatchObject({ lastDecided: nth(1), isPaused: true, interrupted: [] });
  later.store.close();
});

test("whoever has a store open to run jobs is seen by the others and by a visit, also hours later when nothing is due", async () => {
  const { path, clock } = fresh();
  const [first, visitor, second] = [sqlite(path), sqlite(path), sqlite(path)];
  first.open(opening(clock));
  await clock.advance("3 hours");
  visitor.open(opening(clock, { isReadOnly: true }));
  const one = { pid: process.pid, script: basename(process.argv[1]!), since: at(noon) };
  const two = { ...one, since: clock.now() };
  expect([visitor.otherProcesses(), first.otherProcesses()]).toEqual([[one], []]);
  second.open(opening(clock, { allowMultiple: true }));
  expect([visitor.otherProcesses(), second.otherProcesses()]).toEqual([[one, two], [one]]);
  first.close();
  expect(visitor.otherProcesses()).toEqual([two]);
  second.close();
  expect(visitor.otherProcesses()).toEqual([]);
  visitor.close();
});

test("two processes on one file start each occurrence once, also when one comes later or the clock is set back", async () => {
  const { path, clock } = fresh();
  const scripts = [true, true].map((allowMultiple) => startScript(path, clock, { allowMultiple }));
  for (const script of scripts) {
    script.every(10).minutes.named("beat").do(script.note);
    script.every().hour.at(":30").named("half").do(script.note);
    script.start();
  }
  await clock.advance("65 minutes");
  clock.setTo("2026-03-01T12:25:00Z");
  await clock.advance("30 minutes");
  for (const script of scripts) await script.stop();
  // Set back by forty minutes at 13:05: half past twelve does not come again, and the beat is kept, from 13:00 and ten minutes on.
  const beats = ["12:10", "12:20", "12:30", "12:30", "12:40", "12:40", "12:50", "12:50", "13:00"];
  expect(scripts.flatMap(({ ran }) => ran).sort()).toEqual([
    ...beats.map((time) => `beat ${time}`),
    "half 12:30",
  ]);
});

const write = (path: string, act: (session: Session) => void): void => {
  const session = new Session(findSqlite()(path));
  act(session);
  session.close();
};

/** Leaves an occurrence behind in a file, as a process that died. */
const leave = (path: string, row: Partial<RunRow>): void => {
  const { store, jobRecord } = enter(path);
  claim(store, jobRecord, nth(1));
  jobRecord.record(succeeded(nth(1)));
  store.close();
  const key = { job: "beat", epoch: 0, extra: 0, owner: "of a process that is dead" };
  const run = toRow({ scheduled: nth(1), outcome: null, started: nth(1), attempts: 0 }, key);
  write(path, (session) => session.put("runs", { ...run, ...row }));
};

test("a run whose process died is recorded as interrupted, once, and reported", async () => {
  const { path, clock } = fresh();
  leave(path, {});
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
  const again = enter(path, { clock });
  expect(again.jobRecord.remembered!.interrupted).toEqual([]);
  again.store.close();
});

const cutOff: readonly {
  readonly what: string;
  readonly ifInterrupted: "report" | "rerun";
  readonly row: Partial<RunRow>;
  readonly known: object;
  readonly attempts?: number;
}[] = [
  {
    what: "under rerun an interrupted run runs again, with its attempts counted",
    ifInterrupted: "rerun",
    row: { attempts: 1 },
    known: { rerun: [nth(1)], unstarted: [], interrupted: [] },
    attempts: 3,
  },
  {
    what: "what was claimed and had not begun may begin, also under report",
    ifInterrupted: "report",
    row: { started: null },
    known: { rerun: [], unstarted: [nth(1)], interrupted: [] },
    attempts: 1,
  },
  {
    what: "an interrupted manual run is never run again",
    ifInterrupted: "rerun",
    row: { extra: 1, by_hand: 1 },
    known: { rerun: [], interrupted: [expect.objectContaining({ outcome: "interrupted", byHand: true })] },
  },
];

test.each(cutOff)("$what", ({ ifInterrupted, row, known, attempts }) => {
  const { path, clock } = fresh();
  leave(path, row);
  const { store, jobRecord } = enter(path, { clock, ifInterrupted });
  expect(jobRecord.remembered).toMatchObject(known);
  if (attempts !== undefined) {
    jobRecord.begin(nth(1), nth(1), false);
    jobRecord.record(succeeded(nth(1)));
    expect(jobRecord.history()).toMatchObject([{ scheduled: nth(1), outcome: "succeeded", attempts }]);
  }
  store.close();
});

test("a run of a process that lives is left alone", () => {
  const { path, clock } = fresh();
  const first = enter(path, { clock, ifInterrupted: "rerun" });
  claim(first.store, first.jobRecord, nth(1));
  const second = enter(path, { clock, allowMultiple: true, ifInterrupted: "rerun" });
  expect(second.jobRecord.remembered).toMatchObject({ rerun: [], interrupted: [] });
  second.store.close();
  first.jobRecord.record(succeeded(nth(1)));
  expect(first.jobRecord.history()).toHaveLength(1);
  first.store.close();
});

test("of two processes that start at once, one takes over interrupted runs", () => {
  const { path, clock } = fresh();
  leave(path, {});
  const both = [1, 2].map(() => enter(path, { clock, allowMultiple: true, ifInterrupted: "rerun" }));
  expect(both.map(({ jobRecord }) => jobRecord.remembered!.rerun)).toEqual([[nth(1)], []]);
  for (const { store } of both) store.close();
});

test("of two claims from one place, one is won, and the loser learns where the job stands", () => {
  const { path, clock } = fresh();
  const [one, two] = [1, 2].map(() => enter(path, { clock, allowMultiple: true })) as [
    ReturnType<typeof enter>,
    ReturnType<typeof enter>,
  ];
  expect(claim(one.store, one.jobRecord, nth(1))).toBe("won");
  expect(claim(two.store, two.jobRecord, nth(1))).toBe("lost");
  expect(two.jobRecord.jobState()).toMatchObject({ lastDecided: nth(1) });
  expect(claim(two.store, two.jobRecord, nth(2), { from: nth(1) })).toBe("won");
  const { recurrence } = job();
  expect(one.jobRecord.rebase({ recurrence, anchor: nth(2), runCount: 0 })).toBeUndefined();
  expect(two.jobRecord.rebase({ recurrence, anchor: nth(1), runCount: 0 })).toMatchObject({ anchor: nth(2) });
  for (const { store } of [one, two]) store.close();
});

test("a claim is won on a job that another process has paused, which stays paused", () => {
  const { path, clock } = fresh();
  const { store, jobRecord } = enter(path, { clock });
  claim(store, jobRecord, nth(1));
  const visitor = enter(path, { clock, isReadOnly: true });
  visitor.jobRecord.pause(true);
  visitor.store.close();
  expect(claim(store, jobRecord, nth(2), { from: nth(1) })).toBe("won");
  expect(store.pollChanges()!(jobRecord)).toMatchObject({ isPaused: true, isMoved: false });
  store.close();
});

test("what was decided before a job starts over is not kept for its new schedule", () => {
  const { path, clock } = fresh();
  for (const [source, from] of [
    ["every(10).minutes", null],
    ["every(5).minutes", null],
    ["every(5).minutes", nth(1)],
  ] as const) {
    const { store, jobRecord } = enter(path, { clock, source });
    expect(jobRecord.remembered?.lastDecided ?? null).toBe(from);
    store.close();
    const again = enter(path, { clock, source });
    expect(again.jobRecord.remembered!.lastDecided).toBe(from);
    if (from === null) claim(again.store, again.jobRecord, nth(1), { starts: [] });
    again.store.close();
  }
});

test("a job that another process reset while this one counts from another moment is reset", () => {
  const { path, clock } = fresh();
  const { store, jobRecord } = enter(path, { clock });
  claim(store, jobRecord, nth(1));
  const visitor = enter(path, { clock, isReadOnly: true });
  jobRecord.rebase({ recurrence: job().recurrence, anchor: nth(1), runCount: 1 });
  store.commit();
  visitor.jobRecord.reset({ recurrence: job().recurrence, anchor: nth(2), runCount: 0 });
  visitor.store.close();
  expect(claim(store, jobRecord, nth(2), { from: nth(1) })).toBe("lost");
  expect(jobRecord.jobState()).toMatchObject({ anchor: nth(2), lastDecided: null, runCount: 0 });
  store.close();
});

/** A store beside others, whose driver fails as long as a test wants. */
const failing = (path: string) => {
  const broken = { open: false, commit: false, disk: false };
  const fail = (errcode: number) => Object.assign(new Error(`SQLite result ${errcode}`), { errcode });
  const open = findSqlite();
  const store = new SqliteStore(path, (file, options) => {
    if (broken.open) throw fail(14);
    const db = open(file, options);
    return {
      prepare: (sql) => db.prepare(sql),
      close: () => db.close(),
      exec(sql) {
        if (broken.commit && sql === "COMMIT") throw fail(13);
        if (broken.disk && sql === "COMMIT") throw fail(10);
        db.exec(sql);
      },
    };
  });
  return { store, broken };
};

/** Two processes with the same job on one file, the second on a store that can fail. */
const besideFailing = () => {
  const { path, clock } = fresh();
  const one = enter(path, { clock, allowMultiple: true });
  one.store.commit();
  const { store, broken } = failing(path);
  const two = enter(store, { clock, allowMultiple: true });
  store.commit();
  return { clock, one, two, store, broken };
};

test("a job registered while the file could not be opened counts from its own moment, and the other process learns it", () => {
  const { path, clock } = fresh();
  const one = enter(path, { clock, allowMultiple: true });
  expect(claim(one.store, one.jobRecord, nth(1))).toBe("won");
  const { store, broken } = failing(path);
  broken.open = true;
  const anchor = at("2026-03-01T12:15:00Z");
  enter(store, { clock, allowMultiple: true, anchor });
  broken.open = false;
  clock.setTo("2026-03-01T12:16:00Z");
  store.commit();
  expect(claim(one.store, one.jobRecord, nth(2), { from: nth(1) })).toBe("lost");
  expect(one.jobRecord.jobState()).toMatchObject({ anchor, lastDecided: nth(1) });
  for (const each of [one.store, store]) each.close();
});

test("a changed schedule starts over, also when another process counts the job anew before it is written", () => {
  const { path, clock } = fresh();
  const one = enter(path, { clock, allowMultiple: true });
  one.store.commit();
  const recurrence = interval(minutes(5));
  const two = enter(path, { clock, allowMultiple: true, source: "every(5).minutes", recurrence });
  one.jobRecord.rebase({ recurrence: job().recurrence, anchor: nth(1), runCount: 0 });
  two.store.commit();
  expect(two.jobRecord.jobState()).toMatchObject({ recurrence, anchor: at(noon) });
  expect(one.jobRecord.jobState()).toMatchObject({ recurrence });
  for (const { store } of [one, two]) store.close();
});

test("a transaction that failed leaves nothing of another process in the changes to be written", () => {
  const { path, clock } = fresh();
  const one = enter(path, { clock, allowMultiple: true });
  const { store, broken } = failing(path);
  one.store.commit();
  const two = enter(store, { clock, allowMultiple: true });
  store.commit();
  one.jobRecord.pause(true);
  broken.commit = true;
  two.jobRecord.record({ ...succeeded(nth(1)), outcome: "failed" });
  store.commit();
  one.jobRecord.pause(false);
  broken.commit = false;
  store.commit();
  expect(store.pollChanges()!(two.jobRecord)).toMatchObject({ isPaused: false });
  for (const each of [one.store, store]) each.close();
});

test("a job that is reset while nothing can be written starts over once it can, whatever another process made of it", () => {
  const { path, clock } = fresh();
  const one = enter(path, { clock, allowMultiple: true });
  const { store, broken } = failing(path);
  one.jobRecord.pause(true);
  const two = enter(store, { clock, allowMultiple: true });
  store.commit();
  broken.commit = true;
  two.jobRecord.record({ ...succeeded(nth(1)), outcome: "failed" });
  one.jobRecord.rebase({ recurrence: job().recurrence, anchor: nth(1), runCount: 0 });
  two.jobRecord.reset({ recurrence: job().recurrence, anchor: nth(2), runCount: 0 });
  broken.commit = false;
  store.commit();
  for (const { jobRecord } of [one, two]) expect(jobRecord.jobState()).toMatchObject({ anchor: nth(2) });
  for (const each of [one.store, store]) each.close();
});

test("a reset that is written late takes nothing over from what another process did in between", () => {
  const { one, two, store, broken } = besideFailing();
  broken.commit = true;
  two.jobRecord.reset({ recurrence: job().recurrence, anchor: nth(2), runCount: 0 });
  expect(claim(one.store, one.jobRecord, nth(1))).toBe("won");
  broken.commit = false;
  store.commit();
  expect(one.jobRecord.jobState()).toMatchObject({ anchor: nth(2), runCount: 0, lastDecided: null });
  for (const each of [one.store, store]) each.close();
});

test("a process that lost the file learns of a pause without anything of its own to write", () => {
  const { clock, one, two, store, broken } = besideFailing();
  broken.disk = true;
  store.note({ kind: "asleep", from: nth(1), until: nth(2), job: "", why: null });
  broken.disk = false;
  one.jobRecord.pause(true);
  clock.setTo("2026-03-01T12:01:00Z");
  expect(store.pollChanges()!(two.jobRecord)).toMatchObject({ isPaused: true });
  for (const each of [one.store, store]) each.close();
});

test("the later of two processes that reschedule a job at once decides", () => {
  const { path, clock } = fresh();
  const [one, two] = [0, 1].map(() => {
    const scheduler = createScheduler({ clock, zone: "UTC", store: sqlite(path), allowMultiple: true });
    const beat = scheduler
      .every(10)
      .minutes.named("beat")
      .do(() => {});
    scheduler.runPending();
    return { scheduler, beat };
  });
  one!.beat.reschedule(one!.scheduler.every(5).minutes);
  two!.beat.reschedule(two!.scheduler.every(7).minutes);
  const { store, jobRecord } = enter(path, { clock, isReadOnly: true });
  expect(jobRecord.jobState()).toMatchObject({ recurrence: interval(minutes(7)) });
  expect(two!.beat.nextRun).toEqual(new Date("2026-03-01T12:07:00Z"));
  store.close();
  for (const { scheduler } of [one!, two!]) scheduler.stop();
});

test("a last decision that lies far in the future is reported once, and the job continues from now", async () => {
  const { path, clock } = fresh("2099-01-01T00:00:00Z");
  const tea: Script = ({ every, note }) => every().day.at("09:00").named("tea").do(note);
  await started(path, clock, tea).stop();
  write(path, (session) => {
    const [anchor, last_decided] = [at("2026-02-01T00:00:00Z"), at("2099-01-05T09:00:00Z")];
    session.put("jobs", { ...(session.job("tea") as JobRow), anchor, last_decided });
  });
  clock.setTo(noon);
  const second = await lived(path, clock, "2 days", tea);
  expect(second.warnings).toEqual([
    "tea: its last recorded run is at 2099-01-05 09:00:00 UTC, which is in the future; it continues from now",
  ]);
  expect(second.ran).toEqual(["tea 09:00", "tea 09:00"]);
  expect((await lived(path, clock, 0, tea)).warnings).toEqual([]);
});

test("a job first registered in the future starts over from now", async () => {
  const { path, clock } = fresh("2099-01-01T00:00:00Z");
  await started(path, clock, beat).stop();
  clock.setTo(noon);
  const second = await lived(path, clock, "20 minutes", beat);
  expect(second.ran).toEqual(["beat 12:10", "beat 12:20"]);
  expect(second.warnings).toHaveLength(1);
});
