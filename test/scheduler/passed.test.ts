import { expect, test } from "vitest";
import { fileFor, type Life, life, nothing, storeFile, stores } from "./stores.ts";

interface Named {
  named(name: string): { do(task: () => void): unknown };
}

/** Schedules whose only run is on 6 January 2026 at 09:00 UTC. */
const moments: Readonly<Record<string, (life: Life) => Named>> = {
  "an ISO moment": ({ once }) => once("2026-01-06 09:00"),
  "an ISO moment with an offset": ({ once }) => once("2026-01-06T18:00+09:00"),
  "an ISO moment in a zone": ({ once }) => once("2026-01-06 18:00").in("Asia/Tokyo"),
  "a Date": ({ once }) => once(new Date("2026-01-06T09:00:00Z")),
  "an English phrase": ({ once }) => once("january 6 2026 at 9am"),
  "a phrase that chrono reads": ({ once }) => once("6-Jan-2026 09:00"),
  "a Chinese phrase": ({ once }) => once("2026年1月6日早上9点"),
  "a phrase in when": ({ when }) => when("on january 6 2026 at 9am"),
  "an end on that day": ({ every }) => every("day at 9 until 6 january 2026"),
  "an end in a Chinese phrase": ({ every }) => every("每天早上9点直到2026年1月6日"),
  "a beginning and an end": ({ every }) => every("day at 9 from january 6 2026 to january 6 2026"),
  "a chain with an end": ({ every }) => every().day.at("09:00").until("2026-01-06"),
  "a cron expression with an end": ({ cron }) => cron("0 9 * * *").until("2026-01-06"),
  "every hour until a moment": ({ every }) =>
    every().hour.starting("2026-01-06 09:00").until("2026-01-06 09:59"),
};

const begin = (run: Life, warnings: Named) => {
  warnings.named("job").do(nothing);
  run.every().day.at("09:30").named("other").do(nothing);
  run.start();
};

const forms = Object.keys(moments);

test.each(stores.flatMap((store) => forms.map((form) => [store, form] as const)))(
  "in %s, a schedule that has passed ends with a warning and the other jobs run: %s",
  async (store, form) => {
    const run = life("2026-01-08T08:00:00Z", fileFor(store));
    begin(run, moments[form]!(run));
    await run.clock.advance("2 hours");
    expect(run.starts).toEqual(["other 09:30:00"]);
    expect(run.warnings).toEqual([
      expect.stringMatching(/^job will not run because its time has passed: .* \(now 2026-01-08 08:00\)$/),
    ]);
    expect(run.jobs().map(({ name }) => name)).toEqual(["other"]);
  },
);

test.each(forms)("with a store, a run that was missed is caught up once: %s", async (form) => {
  const path = storeFile();
  for (const start of ["2026-01-06T08:00:00Z", "2026-01-06T12:00:00Z", "2026-01-06T13:00:00Z"]) {
    const run = life(start, path);
    begin(run, moments[form]!(run));
    await run.clock.advance("1 minute");
    await run.stop();
    expect(run.starts.filter((name) => name.startsWith("job"))).toEqual(
      start === "2026-01-06T12:00:00Z" ? ["job 12:00:00"] : [],
    );
    expect(run.warnings.filter((text) => !text.includes("will not run"))).toEqual([]);
  }
});

test.each(forms)("with a store, a run that happened has ended without a warning: %s", async (form) => {
  const path = storeFile();
  for (const start of ["2026-01-06T08:00:00Z", "2026-01-08T08:00:00Z"]) {
    const run = life(start, path);
    begin(run, moments[form]!(run));
    await run.clock.advance("90 minutes");
    await run.stop();
    expect(run.starts.filter((name) => name.startsWith("job"))).toEqual(
      start === "2026-01-06T08:00:00Z" ? ["job 09:00:00"] : [],
    );
    expect(run.warnings.filter((text) => !text.includes("will not run"))).toEqual([]);
  }
});

test.each(forms)("with a store, a run missed too long ago is recorded as expired: %s", async (form) => {
  const path = storeFile();
  const first = life("2026-01-05T10:00:00Z", path);
  begin(first, moments[form]!(first));
  await first.stop();
  const run = life("2026-01-09T08:00:00Z", path);
  const missed: string[] = [];
  run.listen("missed", ({ job, run: { outcome } }) => missed.push(`${job.name} ${outcome}`));
  begin(run, moments[form]!(run));
  await run.clock.advance("1 minute");
  await run.stop();
  expect(run.starts.filter((name) => name.startsWith("job"))).toEqual([]);
  expect(missed.filter((text) => text.startsWith("job"))).toEqual(["job expired"]);
});

test("the store may be given after the jobs: the missed run is still caught up", async () => {
  const { sqlite } = await import("onthedot/sqlite");
  const path = storeFile();
  for (const [start, expected] of [
    ["2026-01-06T08:00:00Z", []],
    ["2026-01-06T12:00:00Z", ["job 12:00:00"]],
  ] as const) {
    const run = life(start);
    run.once("2026-01-06 09:00").named("job").do(nothing);
    run.start({ store: sqlite(path) });
    await run.clock.advance("1 minute");
    await run.stop();
    expect([run.starts, run.warnings]).toEqual([expected, []]);
  }
});

test.each(stores)("in %s, an end before the first run ends the job at once", async (store) => {
  const run = life("2026-01-06T12:30:00Z", fileFor(store));
  begin(run, run.every().hour.until("13:00"));
  await run.clock.advance("3 hours");
  expect([run.starts, run.warnings.length]).toEqual([[], 1]);
});

test("a job that is rescheduled to a moment that has passed ends with a warning", async () => {
  const run = life("2026-01-08T08:00:00Z");
  const job = run.every().day.at("09:00").named("job").do(nothing);
  run.start();
  job.reschedule(run.once("2026-01-06 09:00"));
  expect(run.jobs()).toEqual([]);
  expect(run.warnings).toHaveLength(1);
});

test.each([["yesterday at 9"], ["last monday at 9am"], ["3 days ago"], ["昨天早上9点"], ["上周五"]])(
  "a moment that is always in the past is refused: %s",
  (text) => {
    expect(() => life("2026-01-08T08:00:00Z").once(text)).toThrow(expect.objectContaining({ code: "past" }));
  },
);
