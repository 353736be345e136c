import { createScheduler, VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { noonBefore, type Race, raceOf, wantedIn } from "../../src/playground/race.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { day, hour, minute } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";

const zone = zoneNamed("Europe/Berlin");

const raceWith = (
  night: Parameters<typeof noonBefore>[1],
  { daily = false, takes = 0, sleeps = 0 }: { daily?: boolean; takes?: number; sleeps?: number } = {},
): Race => {
  const from = noonBefore(zone, night);
  const asleep = (from + 11 * hour + 5 * minute) as Instant;
  return {
    zone,
    from,
    to: (from + (daily ? 3 : 1) * day) as Instant,
    job: daily ? "daily" : { every: hour as Milliseconds },
    takes: (takes * minute) as Milliseconds,
    sleep: sleeps === 0 ? undefined : { from: asleep, to: (asleep + sleeps * hour) as Instant },
  };
};

const startsOf = (marks: readonly { readonly at: Instant; readonly kind: string }[]): readonly string[] =>
  marks.filter(({ kind }) => kind !== "dropped").map(({ at }) => new Date(at).toISOString().slice(8, 16));

/** The starts of the real scheduler. */
const realStarts = async ({ from, to, job, sleep }: Race): Promise<readonly string[]> => {
  const clock = new VirtualClock(new Date(from));
  const { every, start, stop } = createScheduler({ clock, zone: zone.name });
  const starts: string[] = [];
  const note = () => void starts.push(new Date(clock.now()).toISOString().slice(8, 16));
  if (job === "daily") every().day.at("02:30").do(note);
  else every().hour.do(note);
  start();
  if (sleep) {
    await clock.advance(sleep.from - from);
    clock.setTo(new Date(sleep.to));
  }
  await clock.advance(to - clock.now());
  await stop();
  return starts;
};

test.each(
  (["ordinary", "forward", "back"] as const).flatMap((night) =>
    [false, true].flatMap((daily) => [0, 6].map((sleeps) => [night, daily, sleeps] as const)),
  ),
)(
  "the lane of onthedot is what the scheduler does: %s night, daily %s, %i hours of sleep",
  async (night, daily, sleeps) => {
    const race = raceWith(night, { daily, sleeps });
    expect(startsOf(raceOf(race).onthedot)).toEqual(await realStarts(race));
  },
);

test("a loop that sleeps drifts by the length of each run", () => {
  expect(startsOf(raceOf(raceWith("ordinary", { takes: 20 })).loop).slice(0, 3)).toEqual([
    "12T11:00",
    "12T12:20",
    "12T13:40",
  ]);
});

test("schedule counts local time: an hour is two when the clocks go back", () => {
  const starts = startsOf(raceOf(raceWith("back")).schedule);
  const hours = starts.map((start) => Number(start.slice(3, 5)));
  expect(hours.filter((one, i) => i > 0 && (one - hours[i - 1]! + 24) % 24 !== 1)).toHaveLength(1);
});

test("APScheduler drops what the computer slept through, and runs 02:30 twice when the clocks go back", () => {
  const dropped = raceOf(raceWith("ordinary", { sleeps: 6 })).apscheduler.filter(
    ({ kind }) => kind === "dropped",
  );
  expect(dropped).toHaveLength(6);
  const back = raceWith("back", { daily: true });
  expect(startsOf(raceOf(back).apscheduler)).toHaveLength(wantedIn(back).length + 1);
});
