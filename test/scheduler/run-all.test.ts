import { expect, test } from "vitest";
import { createScheduler, VirtualClock } from "../../src/testing.ts";

const scene = () => {
  const clock = new VirtualClock("2026-11-22T12:00:00Z");
  const schedule = createScheduler({ clock, zone: "UTC" });
  const ran: string[] = [];
  for (const [name, tag] of [
    ["heating", "home"],
    ["mail", "work"],
    ["lights", "home"],
  ] as const)
    schedule
      .every()
      .day.named(name)
      .tag(tag)
      .do(() => void ran.push(`${name} ${new Date(clock.now()).toISOString().slice(17, 19)}`));
  return { clock, schedule, ran };
};

test("runAll runs every job, or those with a tag, and waits between them", async () => {
  const { clock, schedule, ran } = scene();
  await schedule.runAll("home");
  expect(ran.splice(0)).toEqual(["heating 00", "lights 00"]);
  const all = schedule.runAll({ delay: "5 seconds" });
  await clock.advance("20 seconds");
  await all;
  expect(ran.splice(0)).toEqual(["heating 00", "mail 05", "lights 10"]);
  const tagged = schedule.runAll("home", { delay: "5 seconds" });
  await clock.advance("20 seconds");
  await tagged;
  expect(ran).toEqual(["heating 20", "lights 25"]);
});

test("a delay in the place of the tag is rejected, and so is an unknown option", async () => {
  const { schedule, ran } = scene();
  await expect(schedule.runAll("5 seconds")).rejects.toThrow('Did you mean runAll({ delay: "5 seconds" })?');
  await expect(schedule.runAll(5 as never)).rejects.toThrow("Options of runAll(…)");
  await expect(schedule.runAll({ wait: 5 } as never)).rejects.toThrow('Option of runAll(…): got "wait"');
  await expect(schedule.runAll({ delay: "soon" })).rejects.toMatchObject({ code: "duration" });
  expect(ran).toEqual([]);
});
