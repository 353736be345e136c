import { ignoresHangup } from "../scheduler/hangup.ts";
import { onSignals } from "../scheduler/shutdown.ts";
import { lookOf } from "../terminal/style.ts";
import { oneLine, safeJson, sayLength } from "../terminal/text.ts";
import { eventObject } from "../view/json-lines.ts";
import { troubleLines } from "../view/trouble.ts";
import { readArguments } from "./arguments.ts";
import { command } from "./command.ts";
import { findJob } from "./find-job.ts";

const usage = "run <job> [--json]";

/** Runs one job now, whatever its schedule says. */
export const runJob = command(async ({ scheduler, args, look, print, errors }) => {
  const { values, positionals } = readArguments(args, { json: { type: "boolean" } }, { usage, most: 1 });
  const job = findJob(scheduler, positionals[0], usage);
  const { clock, zone } = scheduler;
  const { glyphs, paint } = look;
  if (values.json)
    scheduler.events.listenToAll((told) => print([safeJson(eventObject(told, clock.now(), zone))]));
  else
    print([`  ${glyphs.run} ${paint(oneLine(job.name), "bold")}   run by hand, the schedule is not touched`]);
  // What it throws is told below; without a listener the scheduler would tell it too.
  scheduler.listen("failed", () => {});
  const began = clock.monotonic();
  const off = onSignals(
    clock,
    {
      stop: (_, limit) => scheduler.stopStarts(limit),
      abandon: (signal) => process.exit(signal === "SIGHUP" ? 129 : 130),
    },
    ignoresHangup(),
  );
  try {
    await job.run();
    if (!values.json) print([`  ${paint(glyphs.ok, "green")} ${sayLength(clock.monotonic() - began)}`]);
    return 0;
  } catch (error) {
    if (!values.json) {
      print([`  ${paint(glyphs.fail, "red")} ${sayLength(clock.monotonic() - began)}`]);
      errors.write(
        `\n${troubleLines(error, lookOf(errors, process.env))
          .map((line) => (line ? `    ${line}` : ""))
          .join("\n")}\n\n`,
      );
    }
    return 1;
  } finally {
    off();
  }
});
