import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler, fromJSON, type ScheduleError } from "onthedot";
import { days, holidays, workdays } from "onthedot/holidays";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { life, nothing, storeFile } from "../scheduler/stores.ts";

const at = (now: string, zone = "UTC") => {
  const clock = new VirtualClock(now);
  return { clock, ...createScheduler({ clock, zone }) };
};

/** The dates of a year on which a daily schedule without some days does not run. */
const missing = (all: readonly Date[], year: number): readonly string[] => {
  const runs = new Set(all.map((date) => date.toISOString().slice(0, 10)));
  return Array.from({ length: 365 }, (_, i) =>
    new Date(Date.UTC(year, 0, 1 + i)).toISOString().slice(0, 10),
  ).flatMap((date) => (runs.has(date) ? [] : [date.slice(5)]));
};

const year = (schedule: { next(count: number): Date[] }) =>
  schedule.next(365).filter((date) => date.getUTCFullYear() === 2026);

test.each([
  // Bayerisches Feiertagsgesetz, Art. 1: gesetze-bayern.de/Content/Document/BayFTG-1; ferien-deutschland.com/feiertage-bayern.
  // 15 August is a holiday in its mainly Catholic towns, which are a region of their own.
  ["DE", "BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"],
  ["DE", "BY", 2027, "01-01 01-06 03-26 03-29 05-01 05-06 05-17 05-27 10-03 11-01 12-25 12-26"],
  // gov.uk/bank-holidays.json, England and Wales. Days at a weekend are kept beside the Monday and Tuesday that replace them.
  ["GB", "ENG", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28"],
  ["GB", "ENG", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-25 12-26 12-27 12-28"],
  // 内閣府, 国民の祝日: www8.cao.go.jp/chosei/shukujitsu/syukujitsu.csv; for 2027 also news.livedoor.com/topics/detail/30494256
  [
    "JP",
    undefined,
    2026,
    "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
  ],
  [
    "JP",
    undefined,
    2027,
    "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
  ],
])("holidays of %s %s in %i are those that were published", (country, state, year, published) => {
  const { every } = at(`${year - 1}-12-31T23:00:00Z`);
  const schedule = every().day.at("09:00").except(holidays(country, state));
  expect(missing(schedule.next(365), year).join(" ")).toBe(published);
});

test("a holiday of some places is in their region", () => {
  const { every } = at("2026-08-14T09:00:00Z");
  const next = (region?: string) =>
    every()
      .day.at("12:00")
      .except(holidays("DE", "BY", region))
      .next(3)[1];
  expect([next(), next("KATH")].map((date) => date?.getUTCDate())).toEqual([15, 16]);
});

test("working days of China in 2026 are those that were published", () => {
  const { every } = at("2025-12-31T23:00:00Z");
  const runs = new Set(
    year(every().day.at("09:00").on(workdays("CN"))).map((date) => date.toISOString().slice(5, 10)),
  );
  const all = Array.from({ length: 365 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
  const isWeekend = (date: Date) => date.getUTCDay() % 6 === 0;
  const of = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(5, 10)).join(" ");
  const worked = (date: Date) => runs.has(date.toISOString().slice(5, 10));
  // 国办发明电〔2025〕7号: www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm
  expect(of(all.filter((date) => isWeekend(date) && worked(date)))).toBe(
    "01-04 02-14 02-28 05-09 09-20 10-10",
  );
  expect(of(all.filter((date) => !isWeekend(date) && !worked(date)))).toBe(
    "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
  );
});

test.each([
  ["an unknown country", () => holidays("UK"), '"GB"'],
  ["a country in words", () => holidays("Germany"), '"DE"'],
  ["an unknown state", () => holidays("DE", "BA"), '"BB"'],
  ["a state in words", () => holidays("DE", "Bayern"), undefined],
  ["an unknown region", () => holidays("DE", "BY", "X"), undefined],
  ["a country without states", () => holidays("JP", "13"), undefined],
  ["working days of another country", () => workdays("DE" as "CN"), undefined],
  ["what is no date", () => days("off", ["someday"]), undefined],
])("%s is rejected", (_, name, nearest) => {
  const error = (() => {
    try {
      name();
    } catch (error) {
      return error as ScheduleError;
    }
  })();
  expect(error?.name).toBe("ScheduleError");
  if (nearest !== undefined) expect(error?.nearest).toBe(nearest);
});

test.each([
  ["every weekday at 9 except public holidays", '.except(holidays("DE"))'],
  ["每个法定工作日9点", '.on(workdays("CN"))'],
  ["每天9点，法定节假日除外", '.except(holidays("DE"))'],
])("%s names the chain that says it", (phrase, chain) => {
  const { when } = at("2026-11-30T09:00:00Z");
  expect(() => when(phrase)).toThrow(chain);
});

test("named days have their name in descriptions and in JSON, and are read back", () => {
  const { every } = at("2026-11-30T09:00:00Z");
  const off = days("days off", ["2026-12-01", new Date("2026-12-03T12:00:00Z")]);
  const schedule = every().day.at("09:30").except(off);
  expect(schedule.describe()).toBe("every day at 09:30, except on days off");
  expect(schedule.describe("zh")).toBe("每天09:30，days off除外");
  expect(every().weekday.at("09:30").except(holidays("DE", "BY")).describe()).toBe(
    "every weekday at 09:30, except on public holidays in Germany (BY)",
  );
  const work = every().day.at("08:30").on(workdays("CN"));
  expect([work.describe(), work.describe("zh")]).toEqual([
    "every day at 08:30, only on working days in China",
    "每天08:30，仅限中国法定工作日",
  ]);
  const read = fromJSON(JSON.stringify(schedule));
  expect(read.toJSON()).toEqual(schedule.toJSON());
  expect(schedule.next(3).map((date) => date.toISOString().slice(0, 10))).toEqual([
    "2026-11-30",
    "2026-12-02",
    "2026-12-04",
  ]);
  expect(String(off)).toContain('days("days off", "2026-12-01"');
});

test("the events of a calendar file are named days", () => {
  const file = join(mkdtempSync(join(tmpdir(), "onthedot-")), "school.ics");
  writeFileSync(
    file,
    [
      "BEGIN:VCALENDAR",
      "BEGIN:VEVENT",
      "SUMMARY:Winter",
      "DTSTART;VALUE=DATE:20261224",
      "DTEND;VALUE=DATE:20261227",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "SUMMARY:One that is ",
      " folded",
      "DTSTART;TZID=Europe/Berlin:202",
      " 61229T100000",
      "END:VEVENT",
      "END:VCALENDAR",
    ].join("\r\n"),
  );
  const { every } = at("2026-12-23T12:00:00Z");
  const schedule = every()
    .day.at("09:00")
    .except(days("school holidays", { ics: file }));
  expect(schedule.next(10).map((date) => date.toISOString().slice(5, 10))).toEqual([
    "12-27",
    "12-28",
    "12-30",
    "12-31",
  ]);
});

test("60 days before its data ends a job warns, and then it is paused alone", async () => {
  const begin = (now: string) => {
    const one = life(now);
    const [work, other] = ["check in", "walk"].map((name, i) => {
      const daily = one.every().day.at("09:00").named(name);
      return (i === 0 ? daily.on(workdays("CN")) : daily).do(nothing);
    });
    one.start();
    return { ...one, work: work!, other: other! };
  };
  const warning =
    "check in: the data for working days in China ends on 2026-12-31. Update chinese-workday before then, or the job is paused";
  const first = begin("2026-11-01T12:00:00Z");
  expect(first.warnings).toEqual([]);
  await first.clock.advanceTo("2026-11-03T00:00:00Z");
  expect(first.warnings).toEqual([warning]);
  await first.stop();
  const { clock, work, other, listen, warnings, stop } = begin("2026-12-30T12:00:00Z");
  const pauses: unknown[] = [];
  listen("paused", ({ job, why }) => pauses.push([job.name, why]));
  await clock.advanceTo("2027-01-02T12:00:00Z");
  expect(warnings).toEqual([warning]);
  expect(work.lastRun?.toISOString()).toBe("2026-12-31T09:00:00.000Z");
  expect([work.isPaused, work.nextRun, other.isPaused]).toEqual([true, null, false]);
  expect(pauses).toEqual([
    [
      "check in",
      "the data for working days in China ended on 2026-12-31; update chinese-workday and restart",
    ],
  ]);
  expect(other.lastRun?.toISOString()).toBe("2027-01-02T09:00:00.000Z");
  await stop();
});

test("a job whose data has ended is registered and paused, and continues with newer data", async () => {
  const file = storeFile();
  const begin = (now: string, lastDay: string) => {
    const ics = join(mkdtempSync(join(tmpdir(), "onthedot-")), "off.ics");
    writeFileSync(ics, `BEGIN:VEVENT\nDTSTART;VALUE=DATE:${lastDay}\nEND:VEVENT`);
    const one = life(now, file);
    const off = days("off", { ics });
    off.toString = () => "off";
    const job = one.every().day.at("09:00").except(off).named("backup").do(nothing);
    one.start();
    return { ...one, job };
  };
  const first = begin("2027-02-01T12:00:00Z", "20261224");
  expect([first.job.isPaused, first.job.nextRun]).toEqual([true, null]);
  await first.stop();
  const next = begin("2027-02-02T12:00:00Z", "20271224");
  expect([next.job.isPaused, next.job.nextRun?.toISOString()]).toEqual([false, "2027-02-02T09:00:00.000Z"]);
  await next.stop();
});
