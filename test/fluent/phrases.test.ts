import { expect, test } from "vitest";
import { buildersAt, mistake, written } from "./builders.ts";

/** A Sunday. */
const now = "2026-11-22 17:40";

/** Phrases, arguments in words and cron expressions, each with a chain of the same meaning: they are one value. */
const table = `
every("weekday at 9am") = every().weekday.at("09:00")
when("every 15 minutes") = every(15).minutes
when("every 15 minutes between 9am and 5pm") = every(15).minutes.between("09:00", "17:00")
every("15 minutes").between("09:00", "17:00") = every(15).minutes.between("09:00", "17:00")
every("2 hours on weekdays").between("09:00", "11:00") = every(2).hours.on("weekdays").between("09:00", "11:00")
every("weekday at 9am except mondays").times(3).except("friday") = every().weekday.at("09:00").except("monday", "friday").times(3)
every("day at 9am in Asia/Tokyo").until("2026-12-01") = every().day.at("09:00", "Asia/Tokyo").until("2026-12-01")
on("the 1st of each month at 9am") = every().month.on(1).at("09:00")
every("half past nine every weekday") = every().weekday.at("09:30")
every("for the next 3 mondays at 9am") = every().monday.at("09:00").times(3)
every("下周每天早上十点") = every("day next week at 10am")

every().day.at("9am", "noon") = every().day.at("09:00", "12:00")
every().day.at("早上8点") = every().day.at("08:00")
every().day.at("6 and 8pm") = every().day.at("18:00", "20:00")
every(5).minutes.between("9am", "5pm") = every(5).minutes.between("09:00", "17:00")
every().month.on("last friday").at("09:00").or(every().month.on(1).at("09:00")) = on("the last friday of the month at 9am").or(on("the 1st of each month at 9am"))
every().year.on("december 25").at("09:00") = cron("0 9 25 12 *")
every().year.on("december").at("09:00") = cron("0 9 1 12 *")
every().month.on("first workday").at("09:00") = on("the first workday of the month at 9am")
every().month.on("last day").at("09:00") = cron("0 9 L * *")
every(2).weeks.on("mon", "fri").at("09:00") = every(2).weeks.on("monday", "friday").at("09:00")
every().day.at("09:00").except("the 13th") = every().day.at("09:00").except(13)
every().day.at("09:00").until("december 24") = every().day.at("09:00").until("2026-12-24")
every().day.at("09:00").starting("december 24") = every().day.at("09:00").starting("2026-12-24")
once("tomorrow at 9") = once("2026-11-23 09:00")

every(60).minutes = every().hour
every(5).to(5).minutes = every(5).minutes
every().day.at("09:00") = cron("0 9 * * *")
every().weekday.at("09:00") = cron("0 9 * * mon-fri")
every(15).minutes.aligned() = cron("*/15 * * * *")
every().hour.at(":30") = cron("30 * * * *")
every(2).hours.aligned() = cron("0 */2 * * *")
every().minute.aligned() = cron("* * * * *")
every().month.on(1, 15).at("09:00") = cron("0 9 1,15 * *")
every(60).minutes.aligned() = every().hour.aligned()
every().week.on("monday").at("09:00") = every().monday.at("09:00")
every(15).minutes.between("08:00", "22:00").on("weekdays") = every(15).minutes.on("weekdays").between("08:00", "22:00")
every().day.at("09:00").except("saturday").except("sunday") = every().day.at("09:00").except("weekend")
every().day.in("Europe/Berlin").at("10:00").until("2026-12-24 10:00") = every().day.at("10:00", "Europe/Berlin").until("2026-12-24 10:00")
every().day.at("10:00").until("2026-12-24 10:00").in("europe/berlin") = every().day.at("10:00", "Europe/Berlin").until("2026-12-24 10:00")
`;

test.each(table.match(/.+/g)!.map((line) => line.split(" = ")))("%s is %s", (one, other) => {
  const builders = buildersAt(now);
  expect(written(one!, builders).recurrence()).toEqual(written(other!, builders).recurrence());
});

test("a phrase is read again when it is used, in the zone that follows it", () => {
  const builders = buildersAt(now, "Europe/Berlin");
  const late = builders.when("today at 17:00").in("America/New_York");
  expect(builders.moments(late, 2)).toEqual(["2026-11-22 23:00"]);
  builders.passTo("2026-11-24 08:00");
  expect(builders.moments(late, 2)).toEqual(["2026-11-24 23:00"]);
});

test.each([
  ["three times a day", "ambiguous", '"every 8 hours" or "every day at 8am, 1pm and 6pm"'],
  ["week 32 every year", "unsupported", "a date; weeks of the year are not supported"],
  ["the 31st at 9", "once", "something that repeats; once(…) and when(…) take single moments"],
])("every(%j) is explained as the phrase it is", (phrase, code, accepted) => {
  const { every } = buildersAt(now);
  expect(mistake(() => every(phrase))).toMatchObject({ code, accepted });
});

test("a phrase that is not understood is rejected by its call, with the position", () => {
  const { every } = buildersAt(now);
  expect(mistake(() => every("weekdya at 9am"))).toMatchObject({ start: 0, length: 7 });
});
