import type { Job } from "../job.ts";
import { eventObject } from "../report/event-text.ts";
import { taskErrorLines } from "../report/failure.ts";
import { jsonLines } from "../report/output.ts";
import { ignoresHangup, onSignals } from "../scheduler/signals.ts";
import { styleOf } from "../terminal/style.ts";
import { oneLine, sayLength } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type CommandContext, command, findScriptJob, flag, usageError } from "./command.ts";

/** Runs one job now, or all of them, one after the other; schedules are not touched. */
export const runJob = command("run", 1, { all: flag, json: flag }, async (context, values, [name]) => {
  const { scheduler, print } = context;
  const { clock, zone } = scheduler;
  const words = texts().commands.run;
  if (values.all && name !== undefined)
    throw usageError(context, texts().commands.either(texts().commands.job, "--all"));
  const jobs = values.all ? scheduler.jobs() : [findScriptJob(context, name)];
  const lines = values.json ? jsonLines(context.output, scheduler) : undefined;
  if (lines) scheduler.events.listenToAll((event) => lines.print(eventObject(event, clock.now(), zone)));
  // Failures are shown below; without a listener the scheduler would report them too.
  scheduler.events.listen("failed", () => {});
  let isStopping = false;
  const off = onSignals(
    clock,
    {
      stop(_, limit) {
        isStopping = true;
        scheduler.stopStarts(limit);
      },
      abandon: (signal) => process.exit(signal === "SIGHUP" ? 129 : 130),
    },
    ignoresHangup(),
  );
  let failed = 0;
  try {
    for (const job of jobs) {
      if (isStopping) break;
      if (!(await runNow(job, values.json ?? false, context))) failed++;
    }
  } finally {
    off();
    lines?.close();
  }
  if (values.all && !values.json) print([`  ${words.summary(jobs.length, failed)}`]);
  return Number(failed > 0);
});

const runNow = async (job: Job, isJson: boolean, context: CommandContext): Promise<boolean> => {
  const { scheduler, style, print, errors } = context;
  const { glyphs, paint } = style;
  const { clock } = scheduler;
  if (!isJson)
    print([`  ${glyphs.run} ${paint(oneLine(job.name), "bold")}   ${texts().commands.run.manual}`]);
  const began = clock.monotonic();
  const took = () => sayLength(clock.monotonic() - began);
  try {
    await job.run();
    if (!isJson) print([`  ${paint(glyphs.ok, "green")} ${took()}`]);
    return true;
  } catch (error) {
    if (isJson) return false;
    print([`  ${paint(glyphs.fail, "red")} ${took()}`]);
    const lines = taskErrorLines(error, styleOf(errors, process.env));
    errors.write(`\n${lines.map((line) => (line ? `    ${line}` : "")).join("\n")}\n\n`);
    return false;
  }
};
