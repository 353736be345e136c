import type { Job } from "onthedot";
import { expect, test } from "vitest";
import { fileFor, life, nothing, sleeping, storeFile, stores } from "./stores.ts";

const noon = "2026-03-02T12:00:00Z";

const decisions = (job: Job): readonly string[] =>
  job
    .history()
    .map(({ scheduled, outcome, reason, error }) =>
      [scheduled.toISOString().slice(14, 16), outcome, reason, error]
        .filter((part) => part !== undefined)
        .join(" "),
    );

test.each(stores)("in %s, a run whose condition does not hold is skipped with the reason", async (store) => {
  const { clock, every, start, listen, starts } = life(noon, fileFor(store));
  const skips: unknown[] = [];
  listen("skipped", ({ run, error }) => skips.push([run.reason, error]));
  const job = every(10)
    .minutes.named("beat")
    .onlyIf(({ scheduled }) => scheduled.getUTCMinutes() !== 10)
    .unless(async ({ scheduled }) => scheduled.getUTCMinutes() === 20)
    .onlyIf(({ scheduled, job, attempt }) => {
      if (scheduled.getUTCMinutes() === 30) throw new TypeError(`no network for ${job.name} ${attempt}`);
      return true;
    })
    .do(nothing);
  start();
  await clock.advance("45 minutes");
  expect(decisions(job)).toEqual([
    "10 skipped onlyIf",
    "20 skipped unless",
    "30 skipped conditionFailed TypeError: no network for beat 1",
    "40 succeeded",
  ]);
  expect(starts).toEqual(["beat 12:40:00"]);
  expect(skips).toEqual([
    ["onlyIf", undefined],
    ["unless", undefined],
    ["conditionFailed", new TypeError("no network for beat 1")],
  ]);
});

test.each(["rejects", "is rejected with nothing"])("a condition that %s skips the run", async (how) => {
  const { clock, every, start } = life(noon);
  const job = every()
    .hour.onlyIf(() => Promise.reject(how === "rejects" ? new Error("offline") : undefined))
    .do(nothing);
  start();
  await clock.advance("1 hour");
  expect(job.history()).toMatchObject([
    { outcome: "skipped", reason: "conditionFailed", error: expect.any(String) },
  ]);
});

test("skipped runs do not count towards times, and fixedDelay counts from the check", async () => {
  const { clock, every, start } = life(noon);
  let isHome = false;
  const three = every(1)
    .hour.times(3)
    .named("three")
    .onlyIf(() => isHome)
    .do(nothing);
  const spaced = every(10)
    .minutes.fixedDelay()
    .named("spaced")
    .onlyIf(async () => isHome)
    .do(nothing);
  start();
  await clock.advance("2 hours");
  expect(decisions(spaced).slice(0, 2)).toEqual(["10 skipped onlyIf", "20 skipped onlyIf"]);
  isHome = true;
  await clock.advance("5 hours");
  expect(three.history().map(({ outcome }) => outcome)).toEqual([
    "skipped",
    "skipped",
    "succeeded",
    "succeeded",
    "succeeded",
  ]);
});

test("while a condition is pending the job counts as running, and its timeout ends the wait", async () => {
  const { clock, every, start } = life(noon);
  const job = every(10)
    .minutes.named("beat")
    .timeout("25 minutes")
    .onlyIf(() => new Promise(() => {}))
    .do(nothing);
  start();
  await clock.advance("40 minutes");
  expect(decisions(job)).toEqual([
    "10 skipped conditionFailed TimeoutError: beat took longer than 25 minutes",
    "20 skipped overlap",
    "30 skipped overlap",
  ]);
  expect(job.isRunning).toBe(true);
});

test("waiting runs are checked one after another when they start", async () => {
  const { clock, every, start } = life(noon);
  let isHome = true;
  const job = every(10)
    .minutes.overlap("queueAll")
    .onlyIf(() => isHome)
    .do(sleeping(clock, "35 minutes"));
  start();
  await clock.advance("44 minutes");
  isHome = false;
  await clock.advance("2 minutes");
  expect(decisions(job)).toEqual([
    "10 succeeded",
    "20 skipped onlyIf",
    "30 skipped onlyIf",
    "40 skipped onlyIf",
  ]);
});

test.each(["cancel", "pause"] as const)(
  "a job that is asked to %s during the check does not start",
  async (how) => {
    const { clock, every, start } = life(noon);
    const job = every()
      .hour.onlyIf(async () => {
        await clock.sleep("1 minute");
        return true;
      })
      .do(nothing);
    start();
    await clock.advance("1 hour");
    job[how]();
    await clock.advance("2 minutes");
    expect(job.history()).toMatchObject([
      how === "cancel" ? { outcome: "cancelled" } : { outcome: "skipped", reason: "paused" },
    ]);
  },
);

test("a run that was being checked when the script stopped is checked again by the next one", async () => {
  const file = storeFile();
  const first = life(noon, file);
  const begin = ({ every }: Pick<typeof first, "every">, answer: () => unknown) =>
    every().hour.named("backup").onlyIf(answer).do(nothing);
  begin(first, () => new Promise(() => {}));
  first.start();
  await first.clock.advance("1 hour");
  await first.stop();
  const next = life("2026-03-02T13:05:00Z", file);
  const job = begin(next, () => true);
  next.start();
  await next.clock.advance("1 minute");
  expect(job.history()).toMatchObject([
    { outcome: "succeeded", scheduled: new Date("2026-03-02T13:00:00Z") },
  ]);
});

test("a manual run and a simulation ask no condition", async () => {
  const { clock, every, start, simulate } = life(noon);
  let asked = 0;
  const job = every()
    .hour.onlyIf(() => {
      asked++;
      return false;
    })
    .do(() => "done");
  start();
  expect(await job.run()).toBe("done");
  expect(await simulate("2026-03-02T12:00:00Z", "2026-03-02T15:00:00Z")).toHaveLength(3);
  expect(asked).toBe(0);
  await clock.advance("1 hour");
  expect(asked).toBe(1);
});
