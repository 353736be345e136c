import { createRequire } from "node:module";
import vm from "node:vm";
import { Temporal as polyfill } from "temporal-polyfill/full";
import { describe, expect, test } from "vitest";
import { createScheduler } from "../../src/index.ts";
import { VirtualClock } from "../../src/testing.ts";
import type { DurationLike } from "../../src/time/duration.ts";
import type { Moment } from "../../src/time/moment.ts";
import { nothing } from "../scheduler/stores.ts";

// biome-ignore lint/suspicious/noExplicitAny: other libraries are recognized by their parts, so their types do not matter here
const load = (name: string): any => createRequire(import.meta.url)(name);
/** Node 26 has its own. */
const { Temporal = polyfill } = globalThis as { readonly Temporal?: typeof polyfill };
const { DateTime, Duration, Interval } = load("luxon");
const dayjs = load("dayjs");
dayjs.extend(load("dayjs/plugin/duration"));

const zone = "Europe/Berlin";
const scheduler = () => createScheduler({ zone, clock: new VirtualClock("2026-12-01T09:00:00Z") });
const iso = (list: readonly Date[]) => list.map((at) => at.toISOString());

/** Noon in UTC on 24 December, in every way to say it; the last two are wall times and dates of the job's zone. */
const noon = "2026-12-24T12:00:00.000Z";
const moments: readonly (readonly [type: string, value: Moment | string, at: string])[] = [
  ["text", noon, noon],
  ["Date", new Date(noon), noon],
  ["Date of another realm", vm.runInNewContext(`new Date(${JSON.stringify(noon)})`), noon],
  ["milliseconds", Date.parse(noon), noon],
  ["luxon DateTime", DateTime.fromISO(noon), noon],
  ["dayjs object", dayjs(noon), noon],
  ["object with toDate()", { toDate: () => new Date(noon) }, noon],
  ["Temporal.Instant", Temporal.Instant.from(noon), noon],
  ["Temporal.ZonedDateTime", Temporal.ZonedDateTime.from("2026-12-24T21:00[Asia/Tokyo]"), noon],
  ["Temporal.PlainDateTime", Temporal.PlainDateTime.from("2026-12-24T13:00"), noon],
  ["Temporal.PlainDate", Temporal.PlainDate.from("2026-12-24"), "2026-12-23T23:00:00.000Z"],
  [
    "Temporal.PlainDate of another calendar",
    Temporal.PlainDate.from("2026-12-24").withCalendar("hebrew"),
    "2026-12-23T23:00:00.000Z",
  ],
];

describe.each(moments)("a moment as %s", (type, value, at) => {
  test("once, starting, until, simulate, VirtualClock", async () => {
    const { once, every, simulate } = scheduler();
    expect(iso(once(value).next())).toEqual([at]);
    expect(iso(every(1).hour.starting(value).next(1))).toEqual([at]);
    const isDate = type.startsWith("Temporal.PlainDate") && !type.includes("Time");
    const [last] = every(1).hour.starting("2026-12-20").until(value).next(200).slice(-1);
    expect(last?.toISOString()).toBe(isDate ? "2026-12-24T22:00:00.000Z" : at);
    every().hour.at(":30").named("hourly").do(nothing);
    const [first] = await simulate(value, "2026-12-26");
    expect(first!.at.toISOString()).toBe(new Date(Date.parse(at) + 1_800_000).toISOString());
    const inUtc = type.startsWith("Temporal.Plain") ? new Date(Date.parse(at) + 3_600_000).toISOString() : at;
    expect(new Date(new VirtualClock(value).now()).toISOString()).toBe(inUtc);
  });

  test.skipIf(["number", "string"].includes(typeof value))("except excludes its day", () => {
    const { every } = scheduler();
    const days = every()
      .day.at("09:00")
      .starting("2026-12-23")
      .except(value as Moment)
      .next(2);
    expect(iso(days)).toEqual(["2026-12-23T08:00:00.000Z", "2026-12-25T08:00:00.000Z"]);
  });
});

const lengths: readonly (readonly [type: string, value: DurationLike])[] = [
  ["text", "90 minutes"],
  ["ISO 8601", "PT90M"],
  ["ISO 8601 with hours", "PT1H30M"],
  ["ISO 8601 with a fraction", "PT1.5H"],
  ["ISO 8601 with no days", "P0DT90M"],
  ["milliseconds", 5_400_000],
  ["luxon Duration", Duration.fromObject({ minutes: 90 })],
  ["Temporal.Duration", Temporal.Duration.from({ minutes: 90 })],
  ["dayjs duration", dayjs.duration(90, "minutes")],
];

test.each(lengths)("a length as %s: for, timeout, jitter, advance", async (_, value) => {
  const { every } = scheduler();
  expect(iso(every(30).minutes.for(value).next(9))).toEqual([
    "2026-12-01T09:30:00.000Z",
    "2026-12-01T10:00:00.000Z",
    "2026-12-01T10:30:00.000Z",
  ]);
  expect(() => every(3).hours.timeout(value).jitter(value)).not.toThrow();
  const clock = new VirtualClock("2026-12-01T09:00:00Z");
  await clock.advance(value);
  expect(new Date(clock.now()).toISOString()).toBe("2026-12-01T10:30:00.000Z");
});

test("a time of day as Temporal.PlainTime", () => {
  const { every } = scheduler();
  const time = (text: string) => Temporal.PlainTime.from(text);
  expect(iso(every().day.at(time("10:30"), "12:00").next(2))).toEqual([
    "2026-12-01T09:30:00.000Z",
    "2026-12-01T11:00:00.000Z",
  ]);
  expect(iso(every().day.at(time("10:30:15.250")).next(1))).toEqual(["2026-12-01T09:30:15.250Z"]);
  const windowed = every(1).hour.between(time("20:00"), time("21:00"));
  expect(iso(windowed.next(3))).toEqual([
    "2026-12-01T19:00:00.000Z",
    "2026-12-01T20:00:00.000Z",
    "2026-12-02T19:00:00.000Z",
  ]);
  expect(String(windowed)).toBe('every(1).hour.between("20:00:00", "21:00:00")');
});

test("a day of the year as Temporal.PlainMonthDay", () => {
  const { every } = scheduler();
  const christmas = Temporal.PlainMonthDay.from("12-25");
  expect(iso(every().year.on(christmas).at("09:00").next(2))).toEqual([
    "2026-12-25T08:00:00.000Z",
    "2027-12-25T08:00:00.000Z",
  ]);
  expect(iso(every().day.at("09:00").starting("2026-12-24").except(christmas).next(2))).toEqual([
    "2026-12-24T08:00:00.000Z",
    "2026-12-26T08:00:00.000Z",
  ]);
});

test("a range as a luxon Interval, whose end is excluded", async () => {
  const { every, simulate } = scheduler();
  const days = Interval.fromISO("2026-12-24T00:00+01:00/2026-12-27T00:00+01:00");
  expect(iso(every().day.at("09:00").starting("2026-12-23").except(days).next(2))).toEqual([
    "2026-12-23T08:00:00.000Z",
    "2026-12-27T08:00:00.000Z",
  ]);
  every().hour.at(":30").named("hourly").do(nothing);
  const runs = await simulate(Interval.fromISO("2026-12-02T09:00Z/2026-12-02T12:30Z"));
  expect(iso(runs.map(({ at }) => at))).toEqual([
    "2026-12-02T09:30:00.000Z",
    "2026-12-02T10:30:00.000Z",
    "2026-12-02T11:30:00.000Z",
  ]);
});

describe("values of the wrong type are rejected, and the error names the type", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the compiler refuses most of these as well
  const any = (value: unknown): any => value;
  const { every, once } = scheduler();
  const daily = every().day.at("09:00");
  test.each<[RegExp, () => unknown]>([
    [
      /^Moment: got luxon Duration PT90M, expected a Date/,
      () => daily.starting(Duration.fromObject({ minutes: 90 })),
    ],
    [/^Moment: got Temporal\.Duration PT90M/, () => daily.until(any(Temporal.Duration.from("PT90M")))],
    [/^Moment: got a duration object/, () => once(dayjs.duration(90, "minutes"))],
    [
      /^for\(…\): got luxon DateTime 2026-12-24T12:00:00\.000Z, expected text/,
      () => daily.for(DateTime.fromISO("2026-12-24T12:00Z", { zone: "utc" })),
    ],
    [
      /^timeout\(…\): got Temporal\.Instant 2026-12-24T12:00:00Z/,
      () => daily.timeout(any(Temporal.Instant.from(noon))),
    ],
    [/^timeout\(…\): got 2026-12-24T12:00:00\.000Z/, () => daily.timeout(any(new Date(noon)))],
    [/^jitter\(…\): got dayjs object/, () => daily.jitter(dayjs(noon))],
    [
      /^for\(…\): got luxon Duration P1M, expected .* without months and years/,
      () => daily.for(Duration.fromObject({ months: 1 })),
    ],
    [/without months and years/, () => daily.for("P1M")],
    [/^for\(…\): got "-PT5M"/, () => daily.for("-PT5M")],
    [/^Moment: got Temporal\.PlainTime 09:00:00/, () => once(any(Temporal.PlainTime.from("09:00")))],
    [
      /^Moment: got Temporal\.PlainYearMonth 2026-12/,
      () => once(any(Temporal.PlainYearMonth.from("2026-12"))),
    ],
    [
      /^Time of day: got Temporal\.PlainDate 2026-12-24/,
      () => every().day.at(any(Temporal.PlainDate.from("2026-12-24"))),
    ],
    [/^Moment: got luxon Interval/, () => once(Interval.fromISO("2026-12-24/2026-12-25"))],
    [/^Moment: got an invalid Date/, () => once(new Date(Number.NaN))],
    [/^Moment: got luxon DateTime Invalid DateTime/, () => once(DateTime.fromISO("nonsense"))],
    [/^Moment: got dayjs object Invalid Date/, () => once(dayjs("nonsense"))],
    [/^Moment: got Temporal\.PlainDate/, () => once(any(Temporal.PlainDate.from("+012026-12-24")))],
    [/^Moment: got \{\}/, () => once(any({}))],
    [
      /^Moment/,
      () =>
        once(
          any({
            get toMillis() {
              throw new Error("no");
            },
          }),
        ),
    ],
  ])("%s", (message, call) => {
    expect(call).toThrow(expect.objectContaining({ name: "ScheduleError" }));
    expect(call).toThrow(message);
  });
});
