import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Verb } from "../../src/commands/registry.ts";
import { assemble } from "../../src/create.ts";
import { sqlite } from "../../src/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { nothing } from "../scheduler/stores.ts";
import { folder } from "../store/scene.ts";
import { callOn } from "./call.ts";

vi.stubEnv("NO_COLOR", "1");

/** A script on a store, which is run, and called with a command beside that. */
const script = (start: string) => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock(start);
  const assembled = (ran: string[] = []) => {
    const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
    const note = (name: string) => () =>
      void ran.push(`${name} ${new Date(clock.now()).toISOString().slice(11, 16)}`);
    schedule.every(10).minutes.named("beat").catchUp("all").do(note("beat"));
    schedule.once("in 30 minutes").named("tea").do(note("tea"));
    return { schedule, scheduler, ran };
  };
  const running = () => {
    const { schedule, ran } = assembled();
    schedule.start({ store: sqlite(path) });
    onTestFinished(() => schedule.stop());
    return { ...schedule, ran };
  };
  const call = async (verb: Verb, ...args: string[]) => {
    const { scheduler } = assembled();
    scheduler.useStore(sqlite(path), { isReadOnly: true });
    const { code, text } = await callOn(scheduler, verb, args);
    scheduler.closeStore();
    return { code, text };
  };
  return { clock, running, call };
};

test("pause --for ends by itself, and what was due until then is skipped", async () => {
  const { clock, running, call } = script("2026-11-22T17:00:00Z");
  const { ran } = running();
  await clock.advance("15 minutes");
  expect(await call("pause", "beat", "--for", "1h")).toEqual({
    code: 0,
    text: "‖ beat is paused until today 18:15",
  });
  await clock.advance("2 hours");
  expect(ran.filter((run) => run.startsWith("beat"))).toEqual(
    ["17:10", "18:20", "18:30", "18:40", "18:50", "19:00", "19:10"].map((time) => `beat ${time}`),
  );
});

test("a second pause moves the end of the first, or takes it away", async () => {
  const { clock, running, call } = script("2026-11-22T17:00:00Z");
  const { ran, jobs } = running();
  const paused = jobs()[0]!;
  const pause = async (...args: string[]) => (await call("pause", "beat", ...args)).text;
  expect(await pause("--for", "1h")).toBe("‖ beat is paused until today 18:00");
  await clock.advance("10 minutes");
  expect(await pause("--until", "18:30")).toBe("‖ beat is paused until today 18:30");
  expect(await pause("--until", "18:30")).toBe("‖ beat was already paused");
  await clock.advance("75 minutes");
  expect([paused.isPaused, ran.filter((run) => run.startsWith("beat"))]).toEqual([true, []]);
  await clock.advance("20 minutes");
  expect(ran.filter((run) => run.startsWith("beat"))).toEqual(["beat 18:30", "beat 18:40"]);
  await pause("--until", "19:30");
  await clock.advance("10 minutes");
  expect(await pause("--for", "5 minutes")).toBe("‖ beat is paused until today 19:00");
  await clock.advance("10 minutes");
  expect(paused.isPaused).toBe(false);
  await pause("--for", "10 minutes");
  await clock.advance("1 minute");
  expect(await pause()).toBe("‖ beat is paused");
  await clock.advance("1 day");
  expect(paused.isPaused).toBe(true);
  expect(await pause()).toBe("‖ beat was already paused");
});

test("a pause without an end in code outlasts one with an end", async () => {
  const { clock, running, call } = script("2026-11-22T17:00:00Z");
  const { ran, jobs } = running();
  await call("pause", "beat", "--for", "1h");
  await clock.advance("10 minutes");
  jobs()[0]!.pause();
  await clock.advance("2 hours");
  expect(ran).toEqual(["tea 17:30"]);
});

test("a pause that ended while the script was not running is over at its next start, and what was due since then is caught up", async () => {
  const { clock, running, call } = script("2026-11-22T17:00:00Z");
  const first = running();
  await clock.advance("15 minutes");
  await call("pause", "beat", "--until", "18:00");
  await clock.advance("10 minutes");
  await first.stop();
  await clock.advance("1 hour");
  const second = running();
  await clock.advance("1 minute");
  const skipped = second
    .jobs()[0]!
    .history()
    .filter(({ outcome }) => outcome === "skipped");
  expect(skipped.map(({ count, reason }) => [count, reason])).toEqual([[4, "paused"]]);
  expect(second.ran.filter((run) => run === "beat 18:25")).toHaveLength(3);
});

test("a pause until tomorrow outlives a restart and ends at midnight", async () => {
  const { clock, running, call } = script("2026-11-22T23:30:00Z");
  const first = running();
  await call("pause", "beat", "--until", "tomorrow");
  await clock.advance("5 minutes");
  await first.stop();
  const second = running();
  await clock.advance("40 minutes");
  expect([first.ran, second.ran]).toEqual([[], ["beat 00:00", "tea 00:00", "beat 00:10"]]);
});

test("reset starts a job over, and the running script notices", async () => {
  const { clock, running, call } = script("2026-11-22T12:00:00Z");
  const { ran } = running();
  await clock.advance("15 minutes");
  expect(await call("reset", "beat")).toEqual({ code: 0, text: "▶ beat starts over, next today 12:25" });
  await clock.advance("12 minutes");
  expect(ran).toEqual(["beat 12:10", "beat 12:25"]);
});

test("reset starts over what was cancelled or has run, once the script is restarted", async () => {
  const { clock, running, call } = script("2026-11-22T12:00:00Z");
  const first = running();
  first.jobs()[0]!.cancel();
  await clock.advance("1 hour");
  expect((await call("reset", "beat")).text).toBe(
    "▶ beat starts over, next today 13:10\n  Restart the running script for this to take effect.",
  );
  await first.stop();
  expect((await call("reset", "tea")).text).toBe("▶ tea starts over, next today 13:30");
  const second = running();
  await clock.advance("30 minutes");
  expect([first.ran, second.ran]).toEqual([
    ["tea 12:30"],
    ["beat 13:10", "beat 13:20", "beat 13:30", "tea 13:30"],
  ]);
});

test.each<[Verb, string[], string | RegExp]>([
  ["pause", ["beat", "--until", "2026-11-22 17:00"], '--until must be "tomorrow" or a future moment'],
  ["pause", ["beat", "--for", "1h", "--until", "tomorrow"], "use either --for or --until"],
  ["pause", ["beat", "--for", "soon"], "expected"],
  ["reset", ["beet"], "Did you mean beat?"],
  ["reset", [], /usage: .* reset <job>/],
])("%s %j is rejected with the reason", async (verb, args, reason) => {
  const { code, text } = await script("2026-11-22T17:00:00Z").call(verb, ...args);
  expect([code, text]).toEqual([2, expect.stringMatching(reason)]);
});

test("without a store nothing can be paused or reset by a command", async () => {
  const { scheduler, schedule } = assemble({ clock: new VirtualClock(0), zone: "UTC" });
  schedule.every(10).minutes.named("beat").do(nothing);
  for (const verb of ["pause", "resume", "reset"] as const) {
    const { code, reported } = await callOn(scheduler, verb, ["beat"]);
    expect([code, reported]).toEqual([2, expect.stringContaining(`${verb} needs a store`)]);
  }
});
