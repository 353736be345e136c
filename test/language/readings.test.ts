import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe as inWords } from "../../src/language/describe.ts";
import { parseWhen } from "../../src/language/language.ts";
import { contextAt } from "./reading.ts";

const parseContext = contextAt("2026-03-04T10:15:00Z", "UTC");

describe("words that could be put together in another way", () => {
  test.each([
    // A time behind a limit is the schedule's where it has no other.
    ["every day until friday at 5pm", "every day at 17:00, until 6 March 2026"],
    ["every 15 minutes until friday at 5pm", "every 15 minutes, until 2026-03-06 17:00"],
    ["every monday at 9am until march 20 at 5pm", "every Monday at 09:00, until 2026-03-20 17:00"],
    ["every 4 hours starting tomorrow at noon", "every 4 hours, starting 2026-03-05 12:00"],
    [
      "every monday in june and july 2026",
      "every Monday at 00:00 in June and July, starting 1 January 2026, until 31 December 2026",
    ],
    ["every friday starting june 1 at noon", "every Friday at 12:00, starting 1 June 2026"],
    ["daily except wednesdays at 14:00", "every day at 14:00, except on Wednesday"],
    // What is joined by "and".
    ["weekdays at 9am and 10am on weekends", "every weekday at 09:00 and every Saturday and Sunday at 10:00"],
    ["every monday and every tuesday at 10am", "every Monday and Tuesday at 10:00"],
    ["every monday at 9am and tuesday at 10am", "every Monday at 09:00 and every Tuesday at 10:00"],
    [
      "every day at 9am and 5pm except sundays and mondays",
      "every day at 09:00 and 17:00, except on Monday and Sunday",
    ],
    ["first and third monday of the month at 9", "on the first and third Monday of every month at 09:00"],
    ["15th and last friday of every month", "on the last Friday and the 15th of every month at 00:00"],
    ["every day except the 13th and 15th of june at 9", "every day at 09:00, except on 13 June and 15 June"],
    // Numbers.
    ["every 2nd day of the month", "on the 2nd of every month at 00:00"],
    ["every second day", "every 2 days"],
    ["every second", "every second"],
    ["every day at five to nine", "every day at 08:55"],
    ["every day 1800 and 2000", "every day at 18:00 and 20:00"],
    ["every 2 weeks on weekdays at 8", "every 2 weeks on weekdays at 08:00"],
    // Windows and beginnings.
    ["every 10 minutes from five to nine", "every 10 minutes between 05:00 and 09:00"],
    ["every 10 minutes from 9am", "every 10 minutes, starting 2026-03-05 09:00"],
    ["every saturday from may to september at 8am", "every Saturday at 08:00 from May to September"],
    ["every 30 minutes from monday to friday", "every 30 minutes on weekdays"],
    ["daily at 8 from june 1 to june 5", "every day at 08:00, starting 1 June 2026, until 5 June 2026"],
    // Chinese has no blanks.
    ["每两周一次", "every 2 weeks"],
    ["每周一次", "every week"],
    ["每周一上午9点一共5次", "every Monday at 09:00, 5 times"],
    ["每两周周六上午10点", "every other Saturday at 10:00"],
    ["每三个月的15号", "every 3 months on the 15th at 00:00"],
    ["每年三月三日", "every year on 3 March at 00:00"],
    ["每隔一个月的1号", "every 2 months on the 1st at 00:00"],
    ["每10分钟，每年5月除外", "every 10 minutes, except in May"],
    ["每天9点，13点除外", "every day at 09:00, except at 13:00"],
    ["除了周三和周五，每天9点", "every day at 09:00, except on Wednesday and Friday"],
    ["下午1点到3点每半小时", "every 30 minutes between 13:00 and 15:00"],
    ["每天早8点晚8点", "every day at 08:00 and 20:00"],
  ])("%s: %s", (text, meaning) => {
    expect(inWords(parseWhen(text, parseContext), { zone: parseContext.zone })).toBe(meaning);
  });

  test.each([
    ["which mondays?", "every monday, 2nd and 4th"],
    ["both or one?", "every friday june 5"],
    ["a date, but every day", "every day on december 28"],
    ["nothing is left, in whatever way it is read", "every weekend except saturdays and sundays"],
    ["ten to five, or a window?", "every day at 10 to 5"],
    ["between two times: a window, and how often?", "every day at 9 until 5pm"],
    ["one of them without a time", "every monday at 9am and friday"],
    ["which night?", "every friday night at 2"],
    ["every how many of them?", "every second weekday"],
    ["every other one, or the second of the month?", "every second tuesday at 9"],
    ["一共 is missing", "每天上午9点5次"],
  ])("refused, as it is not clear: %s (%s)", (_why, text) => {
    expect(() => parseWhen(text, parseContext)).toThrow(ScheduleError);
  });
});
