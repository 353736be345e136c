import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { parseOnce } from "../../src/language/language.ts";
import { wednesday } from "./reading.ts";

const momentOf = (text: string) => new Date(parseOnce(text, wednesday)).toISOString();

describe("in our own words", () => {
  test.each([
    ["at 6pm", "2026-03-04T17:00:00.000Z"],
    ["11:15", "2026-03-05T10:15:00.000Z"],
    ["tomorrow at 9", "2026-03-05T08:00:00.000Z"],
    ["tomorrow", "2026-03-04T23:00:00.000Z"],
    ["tonight", "2026-03-04T21:00:00.000Z"],
    ["tomorrow morning", "2026-03-05T08:00:00.000Z"],
    ["next friday at noon", "2026-03-13T11:00:00.000Z"],
    ["wednesday at 9", "2026-03-11T08:00:00.000Z"],
    ["in 10 minutes", "2026-03-04T10:25:00.000Z"],
    ["in an hour and a half", "2026-03-04T11:45:00.000Z"],
    ["in 4 weeks", "2026-04-01T09:15:00.000Z"],
    ["on the 5th of next month at 7am", "2026-04-05T05:00:00.000Z"],
    ["friday june 5 at 7pm", "2026-06-05T17:00:00.000Z"],
    ["december 25, 2027 at 9am Tokyo time", "2027-12-25T00:00:00.000Z"],
    ["2027-02-03 04:05:06", "2027-02-03T03:05:06.000Z"],
    ["2027-02-03T04:05+02:00", "2027-02-03T02:05:00.000Z"],
    ["Sat Aug 17 2030 18:40:39 GMT+0900", "2030-08-17T09:40:39.000Z"],
    ["2027-03-28 02:30", "2027-03-28T01:30:00.000Z"],
    ["明天下午3点", "2026-03-05T14:00:00.000Z"],
    ["一个半小时后", "2026-03-04T11:45:00.000Z"],
    ["下午三点三刻", "2026-03-04T14:45:00.000Z"],
  ])("%s", (text, moment) => {
    expect(momentOf(text)).toBe(moment);
  });

  test.each([
    ["an hour ago", "past"],
    ["last monday at 9am", "past"],
    ["上周五", "past"],
    ["friday june 6 at 9", "contradiction"],
    ["feb 30 at 9", "date"],
    ["4/7/2027", "date"],
    ["tomorrow at 9am CST", "zone"],
    ["tonight at 1", "ambiguous"],
  ])("refuses %s: %s", (text, code) => {
    expect(() => parseOnce(text, wednesday)).toThrow(expect.objectContaining({ code }));
  });
});

test.each([
  ["2026-03-04 11:15", "2026-03-04T10:15:00.000Z"],
  ["january 6 2026 at 9am", "2026-01-06T08:00:00.000Z"],
  ["2026年1月6日早上9点", "2026-01-06T08:00:00.000Z"],
  ["17-Aug-2020 18:40", "2020-08-17T16:40:00.000Z"],
])("a moment that has passed is read: %s", (text, moment) => {
  expect(momentOf(text)).toBe(moment);
});

describe("by chrono, where our own words do not reach", () => {
  test.each([
    ["17-Aug-2030 18:40", "2030-08-17T16:40:00.000Z"],
    ["17/Feb/2030 6:40:39 pm", "2030-02-17T17:40:39.000Z"],
    ["Aug 17 2030 AD 6pm", "2030-08-17T16:00:00.000Z"],
  ])("%s", (text, moment) => {
    expect(momentOf(text)).toBe(moment);
  });

  test.each([
    ["half understood", "buy 3 apples at 5"],
    ["a day without an hour", "a fortnight hence, roughly"],
    ["a range", "tomorrow at 9am till 10am"],
    ["numbers either way round", "1.5.2027 at 9am"],
    ["an hour that is guessed", "in the afternoon of 5 june"],
    ["letters for a zone", "tomorrow at 9am NPT"],
    ["the past", "in -5 minutes"],
    ["two days", "this weekend at 9"],
    ["a day that is counted, nobody knows how", "end of next week at noon"],
    ["nothing at all", "christmas"],
  ])("refuses %s: %s", (_why, text) => {
    expect(() => parseOnce(text, wednesday)).toThrow(ScheduleError);
  });
});

/** With chrono alone each of the first two takes longer than the age of the universe. */
test.each([
  "couple weeks ",
  "half an hour ",
  "march 5 couple weeks ",
  "monday march 5 ",
  "两天后三小时",
  "3月5日早上",
])("a row of %j is refused at once", (words) => {
  for (const times of [2, 3, 5, 9, 12])
    expect(() => parseOnce(words.repeat(times), wednesday)).toThrow(ScheduleError);
});
