import type { DailyWindow } from "../recurrence/recurrence.ts";
import { rehearse } from "../simulation/simulate.ts";
import { timelineOf } from "../simulation/timeline.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { formatIso, parseMoment } from "../time/iso.ts";
import { day, formatTime, parseTime } from "../time/plain-time.ts";
import { oneLine, safeJson } from "../view/clean.ts";
import { timelineStrip } from "../view/timeline.ts";
import { readArguments, readCount } from "./arguments.ts";
import { command, UsageError } from "./command.ts";

const usage = "simulate [--days 7] [--from 2027-03-27] [--as-if-slept 22:00-08:00] [--json]";

/** Shows what the jobs would do in the coming days; nothing is executed. */
export const simulate = command(async ({ scheduler, args, look, print }) => {
  const { values } = readArguments(
    args,
    {
      days: { type: "string" },
      from: { type: "string" },
      "as-if-slept": { type: "string" },
      json: { type: "boolean" },
    },
    { usage, most: 0 },
  );
  const { clock, zone } = scheduler;
  const days = readCount(values.days, 7, "--days");
  const from = values.from === undefined ? clock.now() : parseMoment(values.from, zone);
  const to = later(from, (days * day) as Milliseconds);
  const simulation = await rehearse(scheduler, from, to, {
    goesOn: values.from === undefined,
    ...(values["as-if-slept"] !== undefined && { asleep: readNap(values["as-if-slept"]) }),
  });
  if (values.json) {
    const say = (at: Instant) => formatIso(at, zone);
    const runs = simulation.decisions.map(({ job, at, outcome, late, count }) => ({
      job: simulation.jobs[job]!.job.name,
      scheduled: say(at),
      outcome,
      ...(late > 0 && { lateMs: late }),
      ...(count > 1 && { count }),
    }));
    print([safeJson({ from: say(from), to: say(simulation.to), zone: zone.name, runs })]);
  } else print(["", timelineStrip(timelineOf(simulation), look), ""]);
  return 0;
});

/** Reads `"22:00-08:00"`: the time of day at which the machine falls asleep, and the one at which it wakes. */
const readNap = (text: string): DailyWindow => {
  const parts = /^\s*([\d:]+)\s*[-–]\s*([\d:]+)\s*$/.exec(text);
  if (!parts)
    throw new UsageError(
      `--as-if-slept is a span of the day such as 22:00-08:00, not ${JSON.stringify(oneLine(text))}.`,
    );
  const [from, to] = [parseTime(parts[1]!), parseTime(parts[2]!)];
  if (from === to) throw new UsageError("--as-if-slept: a machine that sleeps all day runs nothing.");
  return { from: formatTime(from), to: formatTime(to) };
};
