import { expect, test } from "vitest";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import { buildersAt } from "./builders.ts";

const now = "2026-11-22 17:40";
const tick = (): void => {};

test("each call of do registers a job", () => {
  const { every, definitions } = buildersAt(now);
  const chain = every(3)
    .days.at("10:30")
    .named("water")
    .tag("home", "plants")
    .tag("home")
    .immediately()
    .overlap("queue")
    .catchUp("all", { maxLateness: "2 hours" })
    .retry(3, { backoff: "fixed", delay: "1 second", maxDelay: "1 minute" })
    .timeout("30 seconds")
    .jitter("2 minutes")
    .ifInterrupted("rerun")
    .pauseAfterFailures(5);
  const water = (_what: string, _litres: number): void => {};
  expect(chain.do(water, "ficus", 2).name).toBe("water");
  chain.do(water, "fern", 1);
  expect(definitions).toHaveLength(2);
  const [first, second] = definitions;
  expect(first).toMatchObject({
    source: 'every(3).days.at("10:30")',
    name: "water",
    now: true,
    task: water,
    args: ["ficus", 2],
    tags: ["home", "plants"],
    policies: {
      overlap: "queue",
      catchUp: { missed: "all", maxLateness: 7_200_000 },
      retry: { times: 3, backoff: "fixed", delay: 1_000, maxDelay: 60_000 },
      timeout: 30_000,
      jitter: 120_000,
      ifInterrupted: "rerun",
      pauseAfterFailures: 5,
    },
  });
  expect(first?.recurrence).toEqual(chain.recurrence());
  expect(second?.args).toEqual(["fern", 1]);
  expect(second?.place).toBeUndefined();
});

test("a plain schedule has default policies", () => {
  const { every, definitions } = buildersAt(now);
  every().hour.do(tick);
  expect(definitions[0]).toMatchObject({
    source: "every().hour",
    now: false,
    args: [],
    tags: [],
    policies: { overlap: "skip", catchUp: { missed: "once" }, ifInterrupted: "report" },
  });
  expect(definitions[0]?.name).toBeUndefined();
  every().day.retry(2).do(tick);
  expect(definitions[1]?.policies.retry).toEqual({
    times: 2,
    backoff: "exponential",
    delay: 10_000,
    maxDelay: 300_000,
  });
});

test("the source of a chain has only the calls that set when it runs", () => {
  const { every, once, cron, definitions } = buildersAt(now);
  every(2)
    .weeks.on("monday", "friday")
    .named("x")
    .at("09:00", "Europe/Berlin")
    .retry(2)
    .until("2027-12-31")
    .do(tick);
  every(5).to(10).minutes.between("08:00", "22:00").times(3).do(tick);
  every()
    .day.except(25, { from: "2026-12-24", to: new Date("2027-01-01T00:00Z") })
    .starting(new Date(0))
    .do(tick);
  cron("0 9 * * *").or(every(1).monday.in("UTC")).do(tick);
  once({ epochMilliseconds: Date.parse("2027-01-01T00:00Z") }).do(tick);
  expect(definitions.map(({ source }) => source)).toEqual([
    'every(2).weeks.on("monday", "friday").at("09:00", "Europe/Berlin").until("2027-12-31")',
    'every(5).to(10).minutes.between("08:00", "22:00").times(3)',
    'every().day.except(25, { from: "2026-12-24", to: "2027-01-01T00:00:00.000Z" }).starting("1970-01-01T00:00:00.000Z")',
    'cron("0 9 * * *").or(every(1).monday.in("UTC"))',
    'once("2027-01-01T00:00:00.000Z")',
  ]);
});

test("a call never changes the chain it is made on", () => {
  const { every, cron } = buildersAt(now);
  const words: readonly (readonly [Recurrence, Recurrence])[] = [every(5).minutes, cron("0 9 * * *")].map(
    (chain) => {
      const before = chain.recurrence();
      chain.between("09:00", "17:00");
      chain.except("monday");
      chain.starting("2027-01-01").until("2027-12-31").for("3 days").times(3);
      chain.in("Asia/Tokyo");
      chain.or(every().day);
      chain.named("x").tag("y").immediately().overlap("allow").timeout("5 seconds");
      return [before, chain.recurrence()];
    },
  );
  for (const [before, after] of words) expect(after).toEqual(before);
  const minutes = every(15).minutes;
  minutes.aligned();
  minutes.fixedDelay();
  minutes.at(":30");
  minutes.on("monday");
  expect(minutes.recurrence()).toEqual(every(15).minutes.recurrence());
  const weeks = every(2).weeks;
  weeks.on("monday").at("09:00");
  expect(`${weeks}`).toBe("every(2).weeks");
});

test("chains that share a beginning do not share policies", () => {
  const { every, definitions } = buildersAt(now);
  const base = every().hour.tag("a");
  base.timeout("5 seconds").tag("b").named("one").do(tick);
  base.do(tick);
  expect(definitions[1]).toMatchObject({ tags: ["a"] });
  expect(definitions[1]?.policies.timeout).toBeUndefined();
  expect(definitions[1]?.name).toBeUndefined();
});

test("a chain is evaluated when it is used, not when it is written", () => {
  const builders = buildersAt(now);
  const chains = [
    builders.every(2).days.at("18:00"),
    builders.every(2).hours.at(":30"),
    builders.every().day.for("2 days"),
  ];
  builders.passTo("2026-12-01 09:00");
  expect(chains.map((chain) => builders.moments(chain, 1)[0])).toEqual([
    "2026-12-03 18:00",
    "2026-12-01 11:30",
    "2026-12-02 09:00",
  ]);
});

test("whether a moment has passed is decided in the zone of the whole chain", () => {
  const { every, once, moments } = buildersAt(now);
  expect(moments(every().hour.until("17:30").in("America/New_York"), 9)).toHaveLength(4);
  expect(moments(once("2026-11-22 17:30").in("America/New_York"), 2)).toEqual(["2026-11-22 22:30"]);
  expect(moments(every().hour.until("17:30"), 9)).toEqual([]);
  expect(moments(every().hour.in("Asia/Tokyo").until("02:30"), 9)).toEqual([]);
  expect(moments(once("2026-11-22 05:39"), 2)).toEqual([]);
});

test("describe returns the schedule in words", () => {
  const { every } = buildersAt(now, "Europe/Berlin");
  expect(every().weekday.at("09:00").describe()).toBe("every weekday at 09:00");
  expect(every().weekday.at("09:00").describe("zh")).not.toBe(every().weekday.at("09:00").describe("en"));
});

test("repeat registers a function and returns it", () => {
  const { every, repeat, definitions } = buildersAt(now);
  const backup = (what: string): string => what;
  const same = repeat(every().hour, "photos")(repeat(every().day, "music")(backup));
  expect(same).toBe(backup);
  expect(definitions.map(({ source, task, args }) => [source, task, args])).toEqual([
    ["every().day", backup, ["music"]],
    ["every().hour", backup, ["photos"]],
  ]);
});

test("an unnamed task has the place where it was registered", () => {
  const { every, repeat, definitions } = buildersAt(now);
  const limit = Error.stackTraceLimit;
  every().hour.do(() => {});
  repeat(every().hour)(() => {});
  every().hour.do(tick);
  const places = definitions.map(({ place }) => place?.stack?.split("\n").slice(1) ?? []);
  expect(places[0]?.some((line) => line.includes("do.test.ts"))).toBe(true);
  expect(places[1]?.some((line) => line.includes("do.test.ts"))).toBe(true);
  expect(places[2]).toEqual([]);
  expect(Error.stackTraceLimit).toBe(limit);
});

test("both parts of a union are evaluated at the same moment", () => {
  const builders = buildersAt(now);
  const chain = builders.every(2).hours.at(":30").or(builders.every(3).hours.at(":45"));
  builders.passTo("2026-12-01 09:00");
  expect(builders.moments(chain, 2)).toEqual(["2026-12-01 11:30", "2026-12-01 12:45"]);
});

test("or accepts anything with a recurrence", () => {
  const builders = buildersAt(now);
  const other = { recurrence: () => builders.every().day.at("18:00").recurrence() };
  expect(
    builders.moments(
      builders
        .every()
        .day.at("19:00")
        .or(other as never),
      2,
    ),
  ).toEqual(["2026-11-22 18:00", "2026-11-22 19:00"]);
});
