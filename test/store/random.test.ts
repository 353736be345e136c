import { expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/store.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import type { Anchor, JobRecord, JobState } from "../../src/store/store.ts";
import { type Instant, later, type Milliseconds } from "../../src/time/instant.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { runs, seed } from "../random.ts";
import { claim, enter, fresh, job, minutes, noon, succeeded } from "./scene.ts";

/** Random whole numbers below a limit (mulberry32). */
const randomFrom = (start: number) => {
  let state = start;
  return (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  };
};

/** The result codes of a full disk and of one that cannot be reached, before a transaction is kept or after; and a file that cannot be opened. */
const faults = ["full", "unreachable", "full, kept", "unreachable, kept", "not opened"] as const;

/** What a process beside another may do, and what the one that runs the job does. */
const changes = ["pause", "resume", "reset", "cancel", "poll", "commit"];
const work = [
  "claim",
  "claim",
  "claim",
  "claim",
  "record",
  "record",
  "rebase",
  "again",
  "fault",
  "fault",
  "reopen",
];

/** What went wrong when two processes did whatever they liked with one job. @param isBeside whether the second runs nothing, as `onthedot pause` @param isControl whether a claim that was lost counts as won */
const faultsOf = (start: number, isBeside: boolean, isControl = false): readonly string[] => {
  const random = randomFrom(start);
  const { path } = fresh();
  const clock = new VirtualClock(noon);
  const errors: string[] = [];
  const started = new Set<Instant>();
  const ended: Instant[] = [];
  let anchors = 0;
  /** No two count from the same moment, so that none plans what another one did. */
  const newAnchor = (): Anchor => {
    const anchor = later(clock.now(), (++anchors * 7) as Milliseconds);
    return { recurrence: job().recurrence, anchor, runCount: 0 };
  };

  const startProcess = (isReadOnly: boolean) => {
    let fault: (typeof faults)[number] | undefined;
    let jobRecord!: JobRecord;
    let state!: JobState;
    const open: Instant[] = [];
    const fail = (errcode: number) => Object.assign(new Error(`SQLite result ${errcode}`), { errcode });
    const driver = findSqlite();
    const store = new SqliteStore(path, (file, options) => {
      if (fault === "not opened") throw fail(14);
      const db = driver(file, options);
      const exec = (sql: string) => {
        const isCommit = sql === "COMMIT" && fault !== undefined;
        const failure = fail(fault?.startsWith("full") ? 13 : 10);
        if (isCommit && !fault?.endsWith("kept")) throw failure;
        db.exec(sql);
        if (isCommit) throw failure;
      };
      return { prepare: (sql) => db.prepare(sql), close: () => db.close(), exec };
    });
    const begin = (registered: JobRecord, anchor: Anchor) => {
      jobRecord = registered;
      state = registered.remembered ?? { ...anchor, lastDecided: null };
    };
    const reopen = () => {
      const anchor = newAnchor();
      const options = { clock, isReadOnly, allowMultiple: !isBeside, anchor: anchor.anchor };
      begin(enter(store, options).jobRecord, anchor);
    };
    reopen();
    if (isBeside) store.commit();
    const next = (): Instant => {
      const { anchor, lastDecided } = state;
      const past = Math.max(0, Math.floor(((lastDecided ?? anchor) - anchor) / minutes(10)));
      return later(anchor, minutes(10 * (past + 1)));
    };
    const act = (what: string) => {
      if (what === "fault") fault = random(2) ? undefined : faults[random(faults.length)];
      else if (what === "commit") store.commit();
      else if (what === "pause" || what === "resume") jobRecord.pause(what === "pause");
      else if (what === "poll") {
        if (store.pollChanges()?.(jobRecord).isMoved) state = jobRecord.jobState()!;
      } else if (what === "reset") {
        jobRecord.reset(newAnchor());
        state = jobRecord.jobState()!;
      } else if (what === "record" && open.length > 0) {
        jobRecord.record(succeeded(open[0]!));
        ended.push(open.shift()!);
      } else if (what === "reopen" && open.length === 0 && fault !== "not opened") {
        store.close();
        reopen();
      } else if (state.end) return;
      else if (what === "cancel" || (what === "again" && !isReadOnly)) {
        const end = { at: clock.now(), why: "cancelled" } as const;
        jobRecord.end(end);
        state = { ...state, end };
        const anchor = newAnchor();
        if (what === "again") begin(store.register(job({ anchor: anchor.anchor })), anchor);
      } else if (what === "rebase") {
        const anchor = { ...newAnchor(), runCount: state.runCount };
        state = jobRecord.rebase(anchor) ?? { ...state, ...anchor };
      } else if (what === "claim") {
        const to = next();
        if (to > clock.now()) clock.setTo(new Date(to).toISOString());
        const claimed = claim(store, jobRecord, to, { from: state.lastDecided });
        if (claimed === "lost" && !isControl) state = jobRecord.jobState()!;
        else if (claimed !== "held") {
          if (started.has(to)) errors.push(`${to} started twice`);
          started.add(to);
          open.push(to);
          state = { ...state, lastDecided: to, runCount: state.runCount + 1 };
        }
      }
    };
    const close = () => {
      for (const moment of open) jobRecord.release(moment);
      store.close();
    };
    const recover = () => {
      fault = undefined;
      for (const what of ["commit", "poll"]) act(what);
    };
    return {
      act,
      recover,
      close,
      standing: () => state,
      stored: () => jobRecord.jobState()!,
      history: () => jobRecord.history(),
    };
  };

  const processes = [startProcess(false), startProcess(isBeside)];
  for (let step = 5 + random(30); step > 0 && errors.length === 0; step--) {
    clock.setTo(new Date(clock.now() + random(20) * 1_000).toISOString());
    const which = random(2);
    const possible = which === 1 && isBeside ? changes : [...changes, ...work];
    processes[which]!.act(possible[random(possible.length)]!);
  }
  for (let i = 0; i < 2; i++) {
    clock.setTo(new Date(clock.now() + minutes(2)).toISOString());
    for (const { recover } of processes) recover();
  }
  const { anchor, lastDecided, end } = processes[0]!.stored();
  for (const { standing } of processes) {
    const at = standing();
    if (at.anchor !== anchor || !at.end !== !end || (at.lastDecided ?? 0) > (lastDecided ?? 0))
      errors.push("a process does not learn where the job stands");
  }
  for (const to of started)
    if (to > anchor && (to - anchor) % minutes(10) === 0 && to > (lastDecided ?? 0))
      errors.push(`${to} starts again`);
  const kept = processes[0]!.history().map(({ scheduled }) => scheduled);
  if (`${kept.toSorted()}` !== `${ended.toSorted()}`) errors.push(`recorded ${ended}, kept ${kept}`);
  for (const { close } of processes) close();
  return errors;
};

test.each([
  ["two processes that run a job", false],
  ["a process that runs a job, and one that changes it", true],
])("%s agree on it and start nothing twice, whatever fails in between", (_, isBeside) => {
  for (let i = 0; i < runs(500); i++) expect(faultsOf(seed + i, isBeside), `SEED=${seed + i}`).toEqual([]);
});

test("two processes that do not heed who was first start the same occurrence twice", () => {
  expect(Array.from({ length: 50 }, (_, i) => faultsOf(seed + i, false, true)).flat()).not.toEqual([]);
});
