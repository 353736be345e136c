import { describe, expect, test } from "vitest";
import { buildersAt, written } from "./builders.ts";

/** When each chain runs, from a moment in a zone on; `end` where it runs no more. 2026-11-22 is a Sunday. */
const table = `
## intervals count elapsed time from now
@ 2026-11-22 17:40:12.250
every().second ⟶ 2026-11-22 17:40:13.250, 2026-11-22 17:40:14.250
every(5).seconds ⟶ 2026-11-22 17:40:17.250, 2026-11-22 17:40:22.250
every(15).minutes ⟶ 2026-11-22 17:55:12.250, 2026-11-22 18:10:12.250
every().hour ⟶ 2026-11-22 18:40:12.250, 2026-11-22 19:40:12.250
every(36).hours ⟶ 2026-11-24 05:40:12.250, 2026-11-25 17:40:12.250

## days and longer keep the wall time of now
@ 2026-11-22 17:40:12.250
every().day ⟶ 2026-11-23 17:40:12.250, 2026-11-24 17:40:12.250
every(2).days ⟶ 2026-11-24 17:40:12.250, 2026-11-26 17:40:12.250
every(30).days ⟶ 2026-12-22 17:40:12.250, 2027-01-21 17:40:12.250
every().week ⟶ 2026-11-29 17:40:12.250, 2026-12-06 17:40:12.250
every(2).weeks ⟶ 2026-12-06 17:40:12.250, 2026-12-20 17:40:12.250
every().month ⟶ 2026-12-22 17:40:12.250, 2027-01-22 17:40:12.250
every(5).years ⟶ 2031-11-22 17:40:12.250, 2036-11-22 17:40:12.250
@ 2027-03-27 12:00 Europe/Berlin
every(2).days ⟶ 2027-03-29 12:00, 2027-03-31 12:00  # days, over a clock change
every(24).hours ⟶ 2027-03-28 13:00, 2027-03-29 13:00  # hours, over a clock change

## at, on days
@ 2026-11-22 17:40:12.250
every().day.at("18:00") ⟶ 2026-11-22 18:00, 2026-11-23 18:00  # still ahead today
every().day.at("10:30") ⟶ 2026-11-23 10:30, 2026-11-24 10:30  # passed today
every().day.at("17:40:13") ⟶ 2026-11-22 17:40:13, 2026-11-23 17:40:13  # with seconds
every().day.at("18:00", "08:00") ⟶ 2026-11-22 18:00, 2026-11-23 08:00  # several times
every(3).days.at("10:30") ⟶ 2026-11-25 10:30, 2026-11-28 10:30  # every(3).days, passed
every(3).days.at("23:00") ⟶ 2026-11-25 23:00, 2026-11-28 23:00  # every(3).days, ahead
every(3).days.at("23:00").starting("2026-11-23") ⟶ 2026-11-23 23:00, 2026-11-26 23:00  # every(3).days with a beginning
@ 2026-11-22 10:30
every().day.at("10:30") ⟶ 2026-11-23 10:30  # at equal to now is the next day
every().sunday.at("10:30") ⟶ 2026-11-29 10:30  # at equal to now is the next week
every().hour.at(":30") ⟶ 2026-11-22 11:30  # at equal to now is the next hour
every().minute.at(":00") ⟶ 2026-11-22 10:31  # at equal to now is the next minute

## at, within hours and minutes
@ 2026-11-22 17:40:12.250
every().hour.at(":30") ⟶ 2026-11-22 18:30, 2026-11-22 19:30  # every().hour, passed
every().hour.at("50:30") ⟶ 2026-11-22 17:50:30, 2026-11-22 18:50:30  # every().hour, ahead
every().hour.at(":45", ":15") ⟶ 2026-11-22 17:45, 2026-11-22 18:15  # every().hour, two of one second
every().hour.at("45:10", ":15") ⟶ 2026-11-22 17:45:10, 2026-11-22 18:15, 2026-11-22 18:45:10  # every().hour, two of different seconds
every().minute.at(":15") ⟶ 2026-11-22 17:40:15, 2026-11-22 17:41:15  # every().minute, ahead
every().minute.at(":05") ⟶ 2026-11-22 17:41:05, 2026-11-22 17:42:05  # every().minute, passed
every(2).hours.at(":30") ⟶ 2026-11-22 19:30, 2026-11-22 21:30  # every(2).hours, passed
every(2).hours.at(":50") ⟶ 2026-11-22 19:50, 2026-11-22 21:50  # every(2).hours, ahead
every(2).hours.at(":30", ":50") ⟶ 2026-11-22 19:30, 2026-11-22 19:50, 2026-11-22 21:30  # every(2).hours, two
every(3).minutes.at(":15") ⟶ 2026-11-22 17:43:15, 2026-11-22 17:46:15  # every(3).minutes
every(2).hours.at(":30").starting("2026-12-01 09:45") ⟶ 2026-12-01 10:30, 2026-12-01 12:30  # every(2).hours with a beginning
@ 2026-11-22 02:00
every(5).hours.at("20:30") ⟶ 2026-11-22 07:20:30, 2026-11-22 12:20:30  # every(5).hours from 02:00
@ 2026-11-22 17:40 Asia/Kolkata
every(2).hours.at(":30") ⟶ 2026-11-22 19:30  # the hour of a zone of half hours

## days by name
@ 2026-11-22 17:40:12.250
every().monday ⟶ 2026-11-23 17:40:12.250, 2026-11-30 17:40:12.250
every().sunday ⟶ 2026-11-29 17:40:12.250  # every().sunday on a Sunday
every().sunday.at("18:00") ⟶ 2026-11-22 18:00, 2026-11-29 18:00  # every().sunday.at, ahead
every().sunday.at("09:00") ⟶ 2026-11-29 09:00  # every().sunday.at, passed
every().tuesday.at("09:00") ⟶ 2026-11-24 09:00  # every().tuesday.at
every().wednesday.at("09:00") ⟶ 2026-11-25 09:00  # every().wednesday.at
every().thursday.at("09:00") ⟶ 2026-11-26 09:00  # every().thursday.at
every().friday.at("09:00") ⟶ 2026-11-27 09:00  # every().friday.at
every().saturday.at("09:00") ⟶ 2026-11-28 09:00  # every().saturday.at
every().weekday.at("09:00") ⟶ 2026-11-23 09:00, 2026-11-24 09:00  # every().weekday.at
every().weekend.at("18:00") ⟶ 2026-11-22 18:00, 2026-11-28 18:00  # every().weekend.at
every(2).weeks.on("monday", "thursday").at("09:00") ⟶ 2026-11-23 09:00, 2026-11-26 09:00, 2026-12-07 09:00  # every(2).weeks.on: the week of the first run is in, the next one out
every().month.on(1, 15).at("09:00") ⟶ 2026-12-01 09:00, 2026-12-15 09:00  # every().month.on
every().month.on(1) ⟶ 2026-12-01 17:40:12.250  # every().month.on without a time
every().year.on(32).at("09:00") ⟶ 2027-02-01 09:00, 2028-02-01 09:00  # every().year.on a day of the year
@ 2026-11-22 23:30 Europe/Berlin
every().monday.at("08:00", "Asia/Tokyo") ⟶ 2026-11-23 00:00, 2026-11-30 00:00  # the weekday is that of the zone of the chain

## windows, aligned times, exceptions
@ 2026-11-22 17:40:12.250
every(40).minutes.between("09:00", "10:30") ⟶ 2026-11-23 09:00, 2026-11-23 09:40, 2026-11-23 10:20, 2026-11-24 09:00  # a length below a day is counted from the opening
every(1).hour.between("23:00", "00:30").on("monday") ⟶ 2026-11-23 23:00, 2026-11-24 00:00, 2026-11-30 23:00  # over midnight, on some days
every(2).hours.between("08:00", "10:00").between("18:00", "20:00") ⟶ 2026-11-22 18:00, 2026-11-22 20:00, 2026-11-23 08:00  # two windows
every().day.at("08:00", "12:00", "18:30").between("09:00", "18:00") ⟶ 2026-11-23 12:00, 2026-11-24 12:00  # times of day outside are left out
cron("*/30 * * * *").between("18:10", "19:10") ⟶ 2026-11-22 18:30, 2026-11-22 19:00, 2026-11-23 18:30  # cron inside a window
every(15).minutes.aligned() ⟶ 2026-11-22 17:45, 2026-11-22 18:00
every(20).seconds.aligned() ⟶ 2026-11-22 17:40:20, 2026-11-22 17:40:40
every(6).hours.aligned() ⟶ 2026-11-22 18:00, 2026-11-23 00:00
every(90).minutes.aligned() ⟶ 2026-11-22 18:00, 2026-11-22 19:30
every(24).hours.aligned() ⟶ 2026-11-23 00:00, 2026-11-24 00:00
every(90).minutes.aligned().between("18:30", "21:00") ⟶ 2026-11-22 19:30, 2026-11-22 21:00  # marks keep their place in a window
every().day.at("09:00").except("monday", "2026-11-24", 25,"december").except({ from: "2026-11-27", to: "2026-11-29" }) ⟶ 2026-11-26 09:00, 2027-01-01 09:00, 2027-01-02 09:00  # without weekdays, dates, days of the month, months
every().day.at("09:00").except(new Date("2026-11-23T23:30:00Z")).in("Europe/Berlin") ⟶ 2026-11-23 08:00, 2026-11-25 08:00  # without a Date, read in the zone

## bounds
@ 2026-11-22 17:40:12.250
every().day.at("18:00").until("2026-11-23 18:00") ⟶ 2026-11-22 18:00, 2026-11-23 18:00  # until a moment, included
every().day.at("18:00").until("2026-11-23") ⟶ 2026-11-22 18:00, 2026-11-23 18:00, end  # until a date, the whole day
every(30).minutes.until("18:30") ⟶ 2026-11-22 18:10:12.250, end  # until a time of today
every(30).minutes.until(new Date("2026-11-22T18:30Z")).until(Date.parse("2026-11-22T18:30Z")).until({ toMillis: () => Date.parse("2026-11-22T18:30Z") }).until({ epochMilliseconds: Date.parse("2026-11-22T18:30Z") }) ⟶ 2026-11-22 18:10:12.250  # until a Date, a number, an object with toMillis or epochMilliseconds
every(2).hours.starting("2026-12-01 09:00") ⟶ 2026-12-01 09:00, 2026-12-01 11:00  # starting at a moment: that moment is the first run
every(2).hours.starting("2026-11-22 09:00") ⟶ 2026-11-22 19:00  # starting in the past gives the phase
every().day.at("18:00").times(2) ⟶ 2026-11-22 18:00, 2026-11-23 18:00, end  # times
every().day.for("2 days") ⟶ 2026-11-23 17:40:12.250, 2026-11-24 17:40:12.250, end  # for, its end included
every(1).hour.starting("2026-12-01").for("1h") ⟶ 2026-12-01 00:00, 2026-12-01 01:00  # for, counted from the beginning
@ 2027-03-27 12:00 Europe/Berlin
every().day.at("12:00").for("1 day") ⟶ 2027-03-28 12:00  # for whole days keeps the wall clock

## once, cron, or
@ 2026-11-22 17:40:12.250
once("2027-02-03 04:05") ⟶ 2027-02-03 04:05  # once, a moment
once("2027-02-03T04:05:00+02:00") ⟶ 2027-02-03 02:05  # once, with an offset
once(new Date("2027-02-03T04:05Z")) ⟶ 2027-02-03 04:05  # once, a Date
once("2027-02-03 04:05").in("Europe/Berlin") ⟶ 2027-02-03 03:05  # once, in a zone
cron("0 9 * * mon-fri") ⟶ 2026-11-23 09:00, 2026-11-24 09:00  # cron
every().day.at("18:00").until("2026-11-23").or(every().tuesday.at("09:00").in("Asia/Tokyo")) ⟶ 2026-11-22 18:00, 2026-11-23 18:00, 2026-11-24 00:00, 2026-12-01 00:00  # or: each with its own limits
every().day.at("18:00").or(every().day.at("19:00")).except("sunday").times(3) ⟶ 2026-11-23 18:00, 2026-11-23 19:00, 2026-11-24 18:00  # words after or are about both
`;

for (const section of table.split(/^## /m).slice(1)) {
  const [title, ...lines] = section.trim().split("\n");
  describe(title!, () => {
    let [now, zone] = ["", "UTC"];
    for (const line of lines) {
      const [, from, where] = /^@ ([\d-]+ [\d:.]+) ?(.*)$/.exec(line) ?? [];
      if (from) [now, zone] = [from, where || "UTC"];
      const [, chain, list, why = ""] = /^(.*) ⟶ (.*?)(?: {2}# (.*))?$/.exec(line) ?? [];
      if (!chain || !list) continue;
      const at = { now, zone };
      test(`${why}${why && ": "}${chain}`, () => {
        const builders = buildersAt(at.now, at.zone);
        const moments = list.split(", ");
        const found = builders.moments(written(chain, builders), moments.length);
        expect([...found, "end"].slice(0, moments.length)).toEqual(moments);
      });
    }
  });
}

test("a random length is a whole number of units within its range", () => {
  const { every, moments } = buildersAt("2026-11-22 17:40");
  const lengths = (found: readonly string[], unit: number) =>
    found.slice(1).map((moment, i) => (Date.parse(`${moment}Z`) - Date.parse(`${found[i]}Z`)) / unit);
  const minutes = lengths(moments(every(5).to(10).minutes, 200), 60_000);
  expect(Math.min(...minutes)).toBe(5);
  expect(Math.max(...minutes)).toBe(10);
  expect(minutes.every(Number.isInteger)).toBe(true);
  const days = lengths(moments(every(2).to(4).days.at("10:30"), 100), 86_400_000);
  expect(new Set(days)).toEqual(new Set([2, 3, 4]));
  const hours = moments(every(2).to(4).hours.at(":30"), 100);
  expect(hours.every((moment) => moment.endsWith(":30"))).toBe(true);
  expect(new Set(lengths(hours, 3_600_000))).toEqual(new Set([2, 3, 4]));
  expect(lengths(moments(every(2).to(2).hours, 9), 3_600_000)).toEqual(Array(8).fill(2));
});

test("random days with a time start at least one interval from today, even if today's time is still ahead", () => {
  for (let day = 1; day < 29; day++) {
    const { every, moments } = buildersAt(`2026-02-${String(day).padStart(2, "0")} 09:00`);
    const [first] = moments(every(2).to(4).days.at("10:30"), 1);
    const ahead = Math.floor((Date.parse(`${first}Z`) - Date.UTC(2026, 1, day)) / 86_400_000);
    expect(ahead).toBeGreaterThanOrEqual(2);
    expect(ahead).toBeLessThanOrEqual(4);
  }
});
