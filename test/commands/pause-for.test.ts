import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { pause } from "../../src/commands/pause.ts";
import { assemble } from "../../src/create.ts";
import { sqlite } from "../../src/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";
import { folder } from "../store/scene.ts";

/** A script with one job on a store, in the middle of its life. */
const script = (path: string, clock: VirtualClock, isReadOnly = false) => {
  const { schedule, scheduler } = assemble({ clock, zone: "Europe/Berlin", allowMultiple: true });
  const ran: string[] = [];
  schedule
    .every(10)
    .minutes.named("feeds")
    .catchUp("all")
    .do(() => ran.push(new Date(clock.now()).toISOString().slice(11, 16)));
  scheduler.useStore(sqlite(path), { isReadOnly, allowMultiple: true });
  if (!isReadOnly) schedule.start();
  onTestFinished(async () => {
    await schedule.stop();
    scheduler.closeStore();
  });
  return { schedule, scheduler, ran };
};

/** What the command says, called beside a script that is running. */
const call = async (path: string, clock: VirtualClock, ...args: string[]) => {
  const { scheduler } = script(path, clock, true);
  const terminal = new PretendTerminal(120);
  const code = await pause({ scheduler, args: ["feeds", ...args], output: terminal, errors: terminal });
  scheduler.closeStore();
  return { code, printed: terminal.screen.join("\n") };
};

test("pause --for ends by itself, and what was due until then is skipped", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T17:00:00Z");
  const { ran } = script(path, clock);
  await clock.advance("15 minutes");
  expect(await call(path, clock, "--for", "1h")).toMatchObject({
    code: 0,
    printed: expect.stringContaining("feeds is paused until today 19:15"),
  });
  await clock.advance("2 hours");
  expect(ran).toEqual(["17:10", "18:20", "18:30", "18:40", "18:50", "19:00", "19:10"]);
});

test("a pause that ended while the script was not running is over at its next start, and what was due since then is caught up", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T17:00:00Z");
  const first = script(path, clock);
  await clock.advance("15 minutes");
  await call(path, clock, "--until", "19:00");
  await clock.advance("10 minutes");
  await first.schedule.stop();
  await clock.advance("1 hour");
  const second = script(path, clock);
  await clock.advance("1 minute");
  const skipped = second.schedule
    .jobs()[0]!
    .history()
    .filter(({ outcome }) => outcome === "skipped");
  expect(skipped.map(({ count, reason }) => [count, reason])).toEqual([[4, "paused"]]);
  expect(second.ran).toEqual(["18:25", "18:25", "18:25"]);
});

test("a pause until tomorrow outlives a restart and ends at midnight", async () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T22:30:00Z");
  const first = script(path, clock);
  await call(path, clock, "--until", "tomorrow");
  await clock.advance("5 minutes");
  await first.schedule.stop();
  const second = script(path, clock);
  await clock.advance("40 minutes");
  expect([first.ran, second.ran]).toEqual([[], ["23:00", "23:10"]]);
});

test.each([
  [["--until", "2026-11-22 17:00"], '--until must be "tomorrow" or a moment to come'],
  [["--for", "1h", "--until", "tomorrow"], "use either --for or --until"],
  [["--for", "soon"], "expected"],
])("pause %j says what is wrong", async (args, message) => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T17:00:00Z");
  script(path, clock);
  const { code, printed } = await call(path, clock, ...args);
  expect([code, printed]).toEqual([2, expect.stringContaining(message)]);
});
