import { holidays, workdays } from "onthedot/holidays";
import { sqlite } from "onthedot/sqlite";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { readPeriod } from "../../src/commands/why.ts";
import { assemble } from "../../src/create.ts";
import { useLanguage } from "../../src/text/text.ts";
import type { Instant } from "../../src/time/instant.ts";
import { parseMoment } from "../../src/time/iso.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { nothing, storeFile } from "../scheduler/stores.ts";
import { callOn } from "./call.ts";

beforeEach(() => vi.stubEnv("NO_COLOR", "1"));
afterEach(() => vi.unstubAllEnvs());

const begin = (at: string, file: string) => {
  const clock = new VirtualClock(at, { tellsUptime: true });
  const { schedule, scheduler } = assemble({ clock, zone: "UTC", store: sqlite(file) });
  schedule.listen("failed", () => {});
  const job = schedule
    .every()
    .day.at("02:30")
    .named("backup")
    .do(() => {
      throw new Error("ECONNREFUSED");
    });
  schedule.start();
  const ask = async (...args: string[]) => (await callOn(scheduler, "why", ["backup", ...args], 1_000)).text;
  return { clock, job, ask, stop: schedule.stop };
};

test("why tells of sleep, a pause and a stop, from what the store has recorded", async () => {
  const file = storeFile();
  const first = begin("2026-11-24T12:00:00Z", file);
  await first.clock.advanceTo("2026-11-25T00:17:00Z");
  await first.clock.suspend("7 hours");
  await first.clock.advance("2 minutes");
  expect(await first.ask("last", "night")).toMatch(
    /^02:30 was due\. The machine slept from 00:1\d\S* to 07:1\d\S*\. The run was caught up at 07:1\d\S*, 4h 4\dm late, and failed at why\.test\.ts:\d+: Error: ECONNREFUSED\. The next run is tomorrow at 02:30\.$/,
  );
  first.job.pause();
  await first.clock.advance("2 days");
  expect(await first.ask("yesterday")).toBe(
    "Yesterday 02:30 was due. The job has been paused since Wed 25 Nov 07:19.",
  );
  first.job.resume();
  await first.stop();
  const next = begin("2026-11-29T09:00:00Z", file);
  await next.clock.advance("1 minute");
  expect(await next.ask("yesterday 02:30")).toContain(
    "The script was not running from Fri 27 Nov 07:19 to today 09:00.",
  );
  await next.stop();
});

test("why names the holidays for which a day is excluded", async () => {
  const clock = new VirtualClock("2026-12-24T12:00:00Z");
  const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin" });
  const { every } = schedule;
  every().day.at("09:00").except(holidays("DE", "BY")).named("report").do(nothing);
  every().day.at("09:00").on(workdays("CN")).named("office").do(nothing);
  schedule.start();
  await clock.advanceTo("2026-12-27T12:00:00Z");
  const ask = async (...args: string[]) => (await callOn(scheduler, "why", args, 1_000)).text;
  expect(await ask("report", "2026-12-25")).toBe(
    "Fri 25 Dec 09:00 would have been due, but is excluded: no run on public holidays in Germany (BY). The next run is tomorrow at 09:00.",
  );
  expect(await ask("office", "2026-12-26")).toContain("is excluded: runs only on working days in China.");
  useLanguage("zh");
  onTestFinished(() => useLanguage("en"));
  expect(await ask("report", "2026-12-25")).toContain("但已排除：德国（BY）公共假日不运行。");
  await schedule.stop();
});

test.each([
  ["last night", "24 18:00", "25 10:00"],
  ["昨晚", "24 18:00", "25 10:00"],
  ["this morning", "25 00:00", "25 12:00"],
  ["today", "25 00:00", "26 00:00"],
  ["昨天", "24 00:00", "25 00:00"],
  ["monday", "23 00:00", "24 00:00"],
  ["last wednesday", "18 00:00", "19 00:00"],
  ["周一 02:30", "23 02:30", "23 02:31"],
  ["02:30", "25 02:30", "25 02:31"],
  ["at 22:15", "24 22:15", "24 22:16"],
  ["yesterday at 9:05", "24 09:05", "24 09:06"],
  ["2 hours ago", "25 07:00", "25 09:00"],
  ["2026-11-20", "20 00:00", "21 00:00"],
  ["2026-11-20 02:30", "20 02:30", "20 02:31"],
])("%s is from %s to %s", (text, from, to) => {
  const zone = zoneNamed("Europe/Berlin");
  const at = (moment: string) => parseMoment(`2026-11-${moment}`, zone);
  expect(readPeriod(text, at("25 09:00") as Instant, zone)).toEqual({ from: at(from), to: at(to) });
});

test("what is no time is rejected", async () => {
  const { ask, stop } = begin("2026-11-24T12:00:00Z", storeFile());
  expect(await ask("sometimes")).toContain('expected a time such as "today", "last night"');
  await stop();
});
