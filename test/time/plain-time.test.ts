import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { day, formatTime, parseTime, second, timeNumber } from "../../src/time/plain-time.ts";

describe("times of day", () => {
  test("are read back for every second of the day", () => {
    let wrong = 0;
    for (let time = 0; time < day; time += second) if (parseTime(formatTime(time)) !== time) wrong++;
    for (let time = 0; time < 5 * second; time++) if (parseTime(formatTime(time)) !== time) wrong++;
    expect(wrong).toBe(0);
  });

  test.each([
    ["00:00", 0, "00:00"],
    ["09:05", timeNumber(9, 5), "09:05"],
    ["09:05:00", timeNumber(9, 5), "09:05"],
    ["09:05:07", timeNumber(9, 5, 7), "09:05:07"],
    ["09:05:00.000", timeNumber(9, 5), "09:05"],
    ["09:05:00.040", timeNumber(9, 5, 0, 40), "09:05:00.040"],
    ["23:59:59.999", day - 1, "23:59:59.999"],
  ])("%s", (text, time, written) => {
    expect(parseTime(text)).toBe(time);
    expect(formatTime(time)).toBe(written);
  });

  test.each<[unknown, string | undefined]>([
    ["9:00", '"09:00"'],
    ["24:00", '"00:00"'],
    ["9am", '"09:00"'],
    ["9 PM", '"21:00"'],
    ["12am", '"00:00"'],
    ["12pm", '"12:00"'],
    ["9.30", '"09:30"'],
    ["9h30", '"09:30"'],
    [" 09:00", '"09:00"'],
    ["09:00\n", '"09:00"'],
    ["０９:００", '"09:00"'],
    ["9:05:07", '"09:05:07"'],
    ["13pm", undefined],
    ["25:00", undefined],
    ["09:60", undefined],
    ["09:00:60", undefined],
    ["09:00:30.25", undefined],
    ["-1:00", undefined],
    ["", undefined],
    ["noon", undefined],
    [900, undefined],
    [null, undefined],
    [undefined, undefined],
  ])("%j is refused, and the nearest is reported", (given, nearest) => {
    let thrown: unknown;
    try {
      parseTime(given as string);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ScheduleError);
    expect(thrown).toMatchObject({ code: "time-of-day", given, nearest });
  });
});
