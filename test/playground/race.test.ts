import { createScheduler, VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";
import { nights, type Race, raceIn, systems, wantedIn } from "../../src/playground/race.ts";
import { minute } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";

const zone = zoneNamed("Europe/Berlin");

const startsOf = (marks: readonly { readonly at: number; readonly kind: string }[]): readonly string[] =>
  marks.filter(({ kind }) => kind !== "dropped").map(({ at }) => new Date(at).toISOString().slice(8, 16));

/** The starts of the real scheduler. */
const realStarts = async ({ from, to, isDaily, sleep }: Race): Promise<readonly string[]> => {
  const clock = new VirtualClock(new Date(from));
  const { every, start, stop } = createScheduler({ clock, zone: zone.name });
  const starts: string[] = [];
  const note = () => void starts.push(new Date(clock.now()).toISOString().slice(8, 16));
  if (isDaily) every().day.at("02:30").do(note);
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
  (Object.keys(nights) as (keyof typeof nights)[]).flatMap((night) =>
    [false, true].flatMap((isDaily) => [0, 6].map((sleeps) => [night, isDaily, sleeps] as const)),
  ),
)(
  "the lane of onthedot is what the scheduler does: %s night, daily %s, %i hours of sleep",
  async (night, isDaily, sleeps) => {
    const { sleep, ...race } = raceIn(zone, night, { isDaily, sleeps });
    // Not at the very moment of a run.
    const asleep = sleep && { from: sleep.from + 5 * minute, to: sleep.to + 5 * minute };
    expect(startsOf(systems.onthedot({ ...race, sleep: asleep }))).toEqual(
      await realStarts({ ...race, sleep: asleep }),
    );
  },
);

test("a loop that sleeps drifts by the length of each run", () => {
  expect(startsOf(systems.loop(raceIn(zone, "ordinary", { takes: 20 }))).slice(0, 3)).toEqual([
    "12T11:00",
    "12T12:20",
    "12T13:40",
  ]);
});

test("schedule counts local time: an hour is two when the clocks go back", () => {
  const starts = startsOf(systems.schedule(raceIn(zone, "back")));
  const hours = starts.map((start) => Number(start.slice(3, 5)));
  expect(hours.filter((one, i) => i > 0 && (one - hours[i - 1]! + 24) % 24 !== 1)).toHaveLength(1);
});

test("APScheduler drops what the computer slept through, and runs 02:30 twice when the clocks go back", () => {
  const dropped = systems
    .apscheduler(raceIn(zone, "ordinary", { sleeps: 6 }))
    .filter(({ kind }) => kind === "dropped");
  expect(dropped).toHaveLength(6);
  const back = raceIn(zone, "back", { isDaily: true });
  expect(startsOf(systems.apscheduler(back))).toHaveLength(wantedIn(back).length + 1);
});
