import { describe, expect, test } from "vitest";
import { createScheduler } from "../../src/index.ts";
import { toRrule } from "../../src/language/rrule.ts";
import { VirtualClock } from "../../src/testing.ts";
import type { Instant } from "../../src/time/instant.ts";
import { weekdayNames } from "../../src/time/names.ts";
import { dateFields, formatDate, weekday } from "../../src/time/plain-date.ts";
import { day, formatTime, hour } from "../../src/time/plain-time.ts";
import { resolveWall, type WallTime, zoneNamed, zoneNames } from "../../src/time/zone.ts";

/** A clock change forward over midnight: the wall times from `from` up to `to` are not shown. */
interface Gap {
  readonly zone: string;
  readonly from: number;
  readonly to: number;
}

/** Every such change of every zone from 1970 to 2040; zones that change alike are looked at once. */
const midnightGaps = (): readonly Gap[] => {
  const found = new Map<string, Gap>();
  for (const name of zoneNames()) {
    const zone = zoneNamed(name);
    let span = zone.spanAt(0 as Instant);
    while (span.to < Date.UTC(2040, 0)) {
      const next = zone.spanAt(span.to);
      const [from, to] = [span.to + span.offset, span.to + next.offset];
      if (Math.floor(from / day) < Math.floor(to / day))
        found.set(`${span.to} ${from}`, { zone: name, from, to });
      span = next;
    }
  }
  return [...found.values()];
};

const gaps = midnightGaps();

/** What `every` and the others say in a zone, when the wall shows a time. */
const at = (zone: string, wall: number) => {
  const now = resolveWall(zoneNamed(zone), wall as WallTime);
  return createScheduler({ zone, clock: new VirtualClock(new Date(now)) });
};

/** As the chain takes it: any text. */
const timeText = (time: number): string => formatTime(time);

const iso = (list: readonly (Date | number)[]) => list.map((at) => new Date(at).toISOString());
const resolved = (zone: string, time: number, dates: readonly number[]) => [
  ...new Set(iso(dates.map((date) => resolveWall(zoneNamed(zone), (date * day + time) as WallTime)))),
];

/** Times that the gap hides, and the date that wants them. */
const hidden = ({ from, to }: Gap): readonly { readonly date: number; readonly time: number }[] =>
  [0, 0.5, 0.99].map((part) => {
    const wall = Math.floor((from + (to - from) * part) / 60_000) * 60_000;
    const date = Math.floor(wall / day);
    return { date, time: wall - date * day };
  });

test("the zone data has gaps across midnight, and skipped days", () => {
  expect(gaps.length).toBeGreaterThan(30);
  expect(gaps.filter(({ from, to }) => to - from >= 24 * hour).length).toBeGreaterThanOrEqual(3);
});

describe("a time that a gap moves past midnight belongs to its planned date", () => {
  test.each([2, 3, 5])("every %d days", (n) => {
    for (const gap of gaps)
      for (const { date, time } of hidden(gap))
        for (let ago = 1; ago <= 2 * n; ago++) {
          const today = date - ago;
          const { every } = at(gap.zone, today * day + 12 * hour);
          const dates = Array.from({ length: 6 }, (_, k) => today + n * (k + 1));
          expect(
            iso(every(n).days.at(timeText(time)).next(4)),
            `${gap.zone} ${formatDate(today)} ${timeText(time)}`,
          ).toEqual(resolved(gap.zone, time, dates).slice(0, 4));
          const started = every(n)
            .days.at(timeText(time))
            .starting(formatDate(today + n));
          expect(iso(started.next(4)), `${started} in ${gap.zone}`).toEqual(
            resolved(gap.zone, time, dates).slice(0, 4),
          );
          const phrase = every(
            `${n} days at ${timeText(time)} starting ${formatDate(today + n)}` as "2 days at 09:00",
          );
          expect(iso(phrase.next(4)), `${phrase} in ${gap.zone}`).toEqual(
            resolved(gap.zone, time, dates).slice(0, 4),
          );
        }
  });

  test("every day, starting on the days around it", () => {
    for (const gap of gaps)
      for (const { date, time } of hidden(gap))
        for (const first of [date - 1, date, date + 1, date + 2]) {
          const { every, cron } = at(gap.zone, (date - 5) * day);
          const dates = [0, 1, 2, 3, 4].map((k) => first + k);
          const [hours, minutes] = timeText(time).split(":").map(Number);
          const wanted = resolved(gap.zone, time, dates).slice(0, 3);
          const given = every().day.at(timeText(time)).starting(formatDate(first));
          expect(iso(given.next(3)), `${given} in ${gap.zone}`).toEqual(wanted);
          const fromCron = cron(`${minutes} ${hours} * * *`).starting(formatDate(first));
          expect(iso(fromCron.next(3)), `${fromCron} in ${gap.zone}`).toEqual(wanted);
        }
  });

  test("weekly and monthly", () => {
    for (const gap of gaps)
      for (const { date, time } of hidden(gap)) {
        const { every } = at(gap.zone, (date - 2) * day);
        const text = timeText(time);
        const weekly = every()
          .week.on(weekdayNames[weekday(date) - 1]!)
          .at(text);
        expect(iso(weekly.next(2)), `${weekly} in ${gap.zone}`).toEqual(
          resolved(gap.zone, time, [date, date + 7]),
        );
        const later = weekly.starting(formatDate(date + 1));
        expect(iso(later.next(1)), `${later} in ${gap.zone}`).toEqual(resolved(gap.zone, time, [date + 7]));
        const { day: ofMonth } = dateFields(date);
        const monthly = every().month.on(ofMonth).at(text);
        expect(iso(monthly.next(1)), `${monthly} in ${gap.zone}`).toEqual(resolved(gap.zone, time, [date]));
        const next = monthly.starting(formatDate(date + 1)).next(1)[0]!;
        expect(next.getTime() - resolveWall(zoneNamed(gap.zone), (date * day) as WallTime)).toBeGreaterThan(
          20 * day,
        );
      }
  });

  test("is excluded with its date, and is the last run of a schedule that ends with its date", () => {
    for (const gap of gaps.filter(({ from, to }) => to - from < 24 * hour))
      for (const { date, time } of hidden(gap)) {
        const { every } = at(gap.zone, (date - 2) * day);
        const daily = every()
          .day.at(timeText(time))
          .starting(formatDate(date - 1));
        for (const out of [date, date + 1]) {
          const dates = [-1, 0, 1, 2].map((k) => date + k).filter((wanted) => wanted !== out);
          const given = daily.except(formatDate(out));
          expect(iso(given.next(3)), `${given} in ${gap.zone}`).toEqual(resolved(gap.zone, time, dates));
        }
        const ending = daily.until(formatDate(date));
        expect(iso(ending.next(9)), `${ending} in ${gap.zone}`).toEqual(
          resolved(gap.zone, time, [date - 1, date]),
        );
      }
  });
});

describe("known cases", () => {
  test.each(["America/Nuuk", "America/Scoresbysund"])(
    "%s, where 23:00 becomes 00:00 on 29 March 2026",
    (zone) => {
      const noon = Date.UTC(2026, 2, 27, 12);
      const { every } = at(zone, noon);
      expect(iso(every(2).days.at("23:30").next(3))).toEqual([
        "2026-03-30T00:30:00.000Z",
        "2026-04-01T00:30:00.000Z",
        "2026-04-03T00:30:00.000Z",
      ]);
      expect(iso(every().day.at("23:30").starting("2026-03-29").next(2))).toEqual([
        "2026-03-30T00:30:00.000Z",
        "2026-03-31T00:30:00.000Z",
      ]);
    },
  );

  test("Pacific/Apia, which had no 30 December 2011", () => {
    const { every } = at("Pacific/Apia", Date.UTC(2011, 11, 28, 12));
    const wanted = ["2011-12-30T19:00:00.000Z", "2011-12-31T19:00:00.000Z", "2012-01-02T19:00:00.000Z"];
    expect(iso(every(2).days.at("09:00").next(3))).toEqual(wanted);
    expect(every(2).days.at("09:00").describe()).toBe("every 2 days at 09:00, starting 30 December 2011");
    expect(iso(every(2).days.at("09:00").starting("2011-12-31").next(2))).toEqual([
      "2011-12-30T19:00:00.000Z",
      "2012-01-01T19:00:00.000Z",
    ]);
  });

  test("an end on a day that is skipped includes the runs of that day, however it is written", () => {
    const { every, when, fromJSON } = at("Pacific/Apia", Date.UTC(2011, 11, 27, 12));
    const wanted = ["2011-12-28T19:00:00.000Z", "2011-12-29T19:00:00.000Z", "2011-12-30T19:00:00.000Z"];
    const daily = every().day.at("09:00").starting("2011-12-28");
    const ending = daily.until("2011-12-30");
    for (const schedule of [
      ending,
      daily.until("december 30 2011"),
      daily.until("2012-01-02").until("2011-12-30"),
      when("every day at 9am from december 28 2011 until december 30 2011"),
      when("every day at 9am between december 28 2011 and december 30 2011"),
      fromJSON(JSON.parse(JSON.stringify(ending))),
    ]) {
      expect(iso(schedule.next(9)), `${schedule}`).toEqual(wanted);
      expect(schedule.describe()).toBe(
        "every day at 09:00, starting 28 December 2011, until 30 December 2011",
      );
      expect(toRrule(schedule.toJSON())).toBeUndefined();
    }
    expect(iso(daily.until("2011-12-29").next(9))).toEqual(wanted.slice(0, 2));
    const spans = [
      daily.for("3 days"),
      when("every day at 9am from december 28 2011 for 3 days"),
      every().day.at("09:00").starting("2011-12-28T08:00").for("3 days"),
    ];
    for (const schedule of [...spans, ...spans.map((one) => fromJSON(JSON.parse(JSON.stringify(one))))])
      expect(iso(schedule.next(9)), `${schedule}`).toEqual(wanted);
    expect(iso(daily.for("2 days").next(9))).toEqual(wanted.slice(0, 2));
    for (const schedule of [
      every().day.at("09:00").starting("2011-12-30").for("2 days"),
      when("every day at 9am from december 30 2011 for 2 days"),
    ])
      expect(iso(schedule.next(9)), `${schedule}`).toEqual(wanted.slice(2));
    expect(iso(every().day.at("18:00").starting("2011-12-29T12:00").for("1 day").next(9))).toEqual([
      "2011-12-30T04:00:00.000Z",
    ]);
    expect(
      iso(every(2).days.at("09:00").starting("december 30 2011").until("january 1 2012").next(9)),
    ).toEqual(["2011-12-30T19:00:00.000Z", "2011-12-31T19:00:00.000Z"]);
  });
});
