import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { commands, type Verb } from "../../src/commands/registry.ts";
import { assemble } from "../../src/create.ts";
import { sqlite } from "../../src/sqlite.ts";
import { VirtualClock } from "../../src/time/virtual-clock.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";
import { folder } from "../store/scene.ts";

vi.stubEnv("NO_COLOR", "1");

/** A script on a file: run, and called with a command beside that. */
const script = () => {
  const path = join(folder(), "jobs.db");
  const clock = new VirtualClock("2026-11-22T12:00:00Z");
  const ran: string[] = [];
  const assembled = () => {
    const { schedule, scheduler } = assemble({ clock, zone: "UTC" });
    const note = ({ scheduled }: { scheduled: Date }) => void ran.push(scheduled.toISOString().slice(11, 16));
    schedule.every(10).minutes.named("beat").do(note);
    schedule.once("in 30 minutes").named("tea").do(note);
    return { schedule, scheduler };
  };
  const running = () => {
    const { schedule } = assembled();
    schedule.start({ store: sqlite(path) });
    return schedule;
  };
  const call = async (verb: Verb, ...args: string[]) => {
    const { scheduler } = assembled();
    scheduler.useStore(sqlite(path), { isReadOnly: true });
    const [output, errors] = [new PretendTerminal(120), new PretendTerminal(120)];
    const code = await (await commands[verb]())({ scheduler, args, output, errors });
    scheduler.closeStore();
    return { code, printed: output.screen.join("\n"), reported: errors.screen.join("\n") };
  };
  return { clock, ran, running, call };
};

test("reset starts a job over, and the running script notices", async () => {
  const { clock, ran, running, call } = script();
  const schedule = running();
  await clock.advance("15 minutes");
  expect(await call("reset", "beat")).toMatchObject({
    code: 0,
    printed: "  ▶ beat starts over, next today 12:25",
  });
  await clock.advance("12 minutes");
  await schedule.stop();
  expect(ran).toEqual(["12:10", "12:25"]);
});

test("reset starts over what was cancelled or has run, once the script is restarted", async () => {
  const { clock, ran, running, call } = script();
  const first = running();
  first.jobs()[0]!.cancel();
  await clock.advance("1 hour");
  expect(await call("reset", "beat")).toMatchObject({
    code: 0,
    printed:
      "  ▶ beat starts over, next today 13:10\n  The script that is running now runs it once it is restarted.",
  });
  await first.stop();
  expect(await call("reset", "tea")).toMatchObject({
    code: 0,
    printed: "  ▶ tea starts over, next today 13:30",
  });
  const second = running();
  await clock.advance("30 minutes");
  await second.stop();
  expect(ran).toEqual(["12:30", "13:10", "13:20", "13:30", "13:30"]);
});

test("reset rejects an unknown name, and needs a store", async () => {
  const { call } = script();
  expect((await call("reset", "beet")).reported).toContain("Did you mean beat?");
  expect((await call("reset")).reported).toMatch(/usage: .* reset <job>/);
  const { scheduler, schedule } = assemble({ clock: new VirtualClock(0), zone: "UTC" });
  schedule
    .every(10)
    .minutes.named("beat")
    .do(() => {});
  const [output, errors] = [new PretendTerminal(120), new PretendTerminal(120)];
  expect(await (await commands.reset())({ scheduler, args: ["beat"], output, errors })).toBe(2);
  expect(errors.screen.join("\n")).toContain("reset needs a store");
});
