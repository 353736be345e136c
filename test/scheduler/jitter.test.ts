import { expect, test } from "vitest";
import { fileFor, type Life, life, nothing, stores } from "./stores.ts";

interface Jittered {
  named(name: string): { jitter(most: "5 minutes"): { do(task: () => void): unknown } };
}

const noon = "2026-03-02T12:00:00Z";
/** Schedules of which one start is due at 12:10, where they end. */
const ends: Readonly<Record<string, (life: Life) => Jittered>> = {
  "until a time of today": ({ every }) => every(10).minutes.until("12:10"),
  "until a moment in a zone": ({ every }) => every(10).minutes.in("Asia/Tokyo").until("2026-03-02 21:10"),
  "for a length": ({ every }) => every(10).minutes.for("10 minutes"),
  "a calendar": ({ every }) => every().day.at("12:10").until("2026-03-02 12:10"),
  "a phrase": ({ every }) => every("10 minutes until 12:10"),
  "a Chinese phrase": ({ every }) => every("每10分钟直到12:10"),
  cron: ({ cron }) => cron("10 * * * *").until("12:10"),
  "the part of two that ends": ({ every }) =>
    every().day.at("12:10").until("12:10").or(every().monday.at("18:00")),
};

test.each(stores.flatMap((store) => Object.keys(ends).map((end) => [store, end] as const)))(
  "in %s, jitter delays no start past the end: %s",
  async (store, end) => {
    const run = life(noon, fileFor(store));
    for (let i = 0; i < 50; i++) ends[end]!(run).named(`job ${i}`).jitter("5 minutes").do(nothing);
    run.start();
    await run.clock.advanceTo("2026-03-02T13:00:00Z");
    expect(run.starts).toHaveLength(50);
    expect(run.starts.filter((start) => !start.endsWith("12:10:00"))).toEqual([]);
  },
);

test("jitter delays the last start before the end as far as the end", async () => {
  const run = life(noon);
  for (let i = 0; i < 50; i++)
    run.every(10).minutes.until("12:12").named(`job ${i}`).jitter("5 minutes").do(nothing);
  run.start();
  await run.clock.advanceTo("2026-03-02T13:00:00Z");
  const times = run.starts.map((start) => start.slice(-8)).sort();
  expect(times[0]! < "12:10:10").toBe(true);
  expect(times.at(-1)! > "12:11:45" && times.at(-1)! <= "12:12:00").toBe(true);
});
