import { ScheduleError } from "../errors.ts";
import { lookOf } from "../terminal/style.ts";
import { mistakeLines } from "./mistake.ts";
import { mistakeOfSlip } from "./slip.ts";

/**
 * Shows a mistake that ends the script with the user's own line. Node would show the line of this package that threw. Nothing changes for a
 * script that handles uncaught errors itself, nor for any other error; the exit code is 1, as it would be.
 */
export const tellMistakes = (): void => {
  process.on("uncaughtExceptionMonitor", (error) => {
    const isHandled =
      process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    const mistake = error instanceof ScheduleError ? error : mistakeOfSlip(error);
    if (!mistake || isHandled) return;
    const lines = mistakeLines(mistake, lookOf(process.stderr, process.env));
    process.stderr.write(`\n${lines.join("\n")}\n`);
    process.exit(1);
  });
};
