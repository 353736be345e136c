import { taskErrorLines } from "../report/failure.ts";
import { eventObject } from "../report/json.ts";
import { ignoresHangup, onSignals } from "../scheduler/shutdown.ts";
import { styleOf } from "../terminal/style.ts";
import { oneLine, safeJson, sayLength } from "../terminal/text.ts";
import { command, findJob, readArguments } from "./command.ts";

const usage = "run <job> [--json]";

/** Runs one job now, whatever its schedule says. */
export const runJob = command(async ({ scheduler, args, style, print, errors }) => {
  const { values, positionals } = readArguments(args, { json: { type: "boolean" } }, { usage, most: 1 });
  const job = findJob(scheduler, positionals[0], usage);
  const { clock, zone } = scheduler;
  const { glyphs, paint } = style;
  if (values.json)
    scheduler.events.listenToAll((event) => print([safeJson(eventObject(event, clock.now(), zone))]));
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
        `\n${taskErrorLines(error, styleOf(errors, process.env))
          .map((line) => (line ? `    ${line}` : ""))
          .join("\n")}\n\n`,
      );
    }
    return 1;
  } finally {
    off();
  }
});
