import ICAL from "ical.js";
import { expect, onTestFinished, test } from "vitest";
import { calendarFile } from "../../src/simulate/ics.ts";
import { timelineSvg } from "../../src/simulate/picture.ts";
import { countRuns, timelineJson } from "../../src/simulate/timeline.ts";
import { texts, useLanguage } from "../../src/text/text.ts";
import type { Instant } from "../../src/time/instant.ts";
import { day } from "../../src/time/plain-time.ts";
import { offsetAt, zoneNamed } from "../../src/time/zone.ts";
import { beforeGap, hostileName, household, week } from "./timelines.ts";

const now = Date.parse("2026-11-22T16:40:00Z") as Instant;

test.each([
  ["a week", week, 7],
  ["days around a gap", beforeGap, 7],
] as const)(
  "over %s, a calendar program reads every run at its instant, and no other",
  async (_, from, length) => {
    const timeline = await household(from, length);
    const { text, events, leftOut } = calendarFile(timeline, now);
    const calendar = new ICAL.Component(ICAL.parse(text));
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const read = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
    expect(read).toHaveLength(events);
    expect(read.some((event) => event.isRecurring())).toBe(true);
    const moments = read.flatMap((event) => {
      if (!event.isRecurring()) return [`${event.summary} ${event.startDate.toJSDate().getTime()}`];
      const all: string[] = [];
      const iterator = event.iterator();
      for (let at = iterator.next(); at; at = iterator.next())
        all.push(`${event.summary} ${at.toJSDate().getTime()}`);
      return all;
    });
    const expected = timeline.lanes
      .filter(({ name }) => !leftOut.includes(name))
      .flatMap(({ name, runs }) => runs.map(({ at }) => `${name} ${at}`));
    expect(moments.sort()).toEqual(expected.sort());
    expect(new Set(read.map(({ uid }) => uid)).size).toBe(events);
  },
);

test("the offsets of a zone are those of its clock changes, whatever was looked up before", async () => {
  const zones = async () =>
    calendarFile(await household(beforeGap, 30), now)
      .text.match(/^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$/gms)!
      .map((zone) => zone.match(/^TZ(?:ID|OFFSETTO):.*$/gm)!.map((line) => line.trim().split(":")[1]));
  const wanted = [
    ["Europe/Berlin", "+0100", "+0200"],
    ["America/New_York", "-0400"],
  ];
  expect((await zones()).sort()).toEqual(wanted.sort());
  const from = Date.parse(beforeGap);
  for (const name of ["Europe/Berlin", "America/New_York"])
    for (let at = from - 300 * day; at < from + 300 * day; at += day)
      offsetAt(zoneNamed(name), at as Instant);
  expect((await zones()).sort()).toEqual(wanted.sort());
});

test("lines of a calendar are folded at 75 octets, end as they must, and hold no control character", async () => {
  const long = `浇花${"很长的名字".repeat(30)}`;
  for (const extra of [long, hostileName]) {
    const { text } = calendarFile(await household(week, 2, { extra }), now);
    for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\u0000-\u001f\u007f]/);
    const names = new ICAL.Component(ICAL.parse(text))
      .getAllSubcomponents("vevent")
      .map((event) => event.getFirstPropertyValue("summary"));
    expect(names).toContain(
      extra === long
        ? long
        : hostileName.replaceAll("\r\n", "\n").replaceAll(/[^\P{Cc}\n]|\p{Cs}|\u202e/gu, "\ufffd"),
    );
  }
});

test("a job that runs over 200 times and has no rule is left out of a calendar, and named", async () => {
  const timeline = await household(week, 30);
  expect(calendarFile(timeline, now)).toMatchObject({ leftOut: ["priceCheck"] });
});

test("a picture is XML without scripts, and tells every job and its runs", async () => {
  const timeline = await household(beforeGap, 7, { extra: hostileName });
  const svg = timelineSvg(timeline);
  expect(svg).not.toMatch(/<script|\son\w+=["']|javascript:|href/i);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot hold them
  expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\ud800]/);
  for (const lane of timeline.lanes)
    expect(svg).toContain(`>${texts().timeline.runs(countRuns(lane))}</text>`);
});

test("a picture in Chinese has its schedules in Chinese", async () => {
  useLanguage("zh");
  onTestFinished(() => useLanguage("en"));
  const svg = timelineSvg(await household(week, 7));
  expect(svg).toMatch(/>每天02:30<\/text>/);
  expect(svg).not.toMatch(/every|runs/);
});

test("JSON has every moment with its offset", async () => {
  const timeline = await household(beforeGap, 3, { asleep: { from: "23:00", to: "07:30" } });
  const json = timelineJson(timeline) as { jobs: { job: string; runs: unknown[] }[] };
  expect(json).toMatchObject({
    from: "2027-03-26T13:00:00+01:00",
    to: "2027-03-29T14:00:00+02:00",
    zone: "Europe/Berlin",
    isCut: false,
    clockChanges: [{ at: "2027-03-28T03:00:00+02:00", zone: "Europe/Berlin", byMs: 3_600_000 }],
    paused: ["asleep"],
  });
  expect(json.jobs.find(({ job }) => job === "backupPhotos")!.runs[1]).toEqual({
    scheduled: "2027-03-28T03:30:00+02:00",
    outcome: "succeeded",
    starts: "2027-03-28T07:30:00+02:00",
    lateMs: 4 * 3_600_000,
  });
});
