import { readArguments, readCount } from "../commands/arguments.ts";
import { type Context, command, UsageError } from "../commands/command.ts";
import { compile } from "../recurrence/compile.ts";
import { safeJson, sayDateTime, sayWait } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso, formatOffset } from "../time/iso.ts";
import { offsetAt, zoneNamed } from "../time/zone.ts";
import { scriptCommand } from "./script.ts";
import { isScriptName, readSaid } from "./spoken.ts";
import { usages } from "./usages.ts";

/** Tells the next moments of something said, or of the jobs of a script. */
export const next = (context: Context): Promise<number> =>
  isScriptName(context.args[0] ?? "") ? scriptCommand("next")(context) : nextOfSaid(context);

const nextOfSaid = command(({ scheduler, args, look, print }) => {
  const usage = `npx onthedot ${usages.next}`;
  const { values, positionals } = readArguments(
    args,
    { n: { type: "string", short: "n" }, zone: { type: "string" }, json: { type: "boolean" } },
    { usage, most: 1 },
  );
  const [said] = positionals;
  if (said === undefined) throw new UsageError("When?", `usage: ${usage}`);
  const zone = values.zone === undefined ? scheduler.zone : zoneNamed(values.zone);
  const now = scheduler.clock.now();
  const count = readCount(values.n, 3, "-n");
  const trigger = compile(readSaid(said, { now, zone }), { zone, anchor: now });
  const moments: Instant[] = [];
  for (let at = trigger.next(now); at !== null && moments.length < count; at = trigger.next(at))
    moments.push(at);
  if (values.json) print([safeJson({ zone: zone.name, next: moments.map((at) => formatIso(at, zone)) })]);
  else if (moments.length === 0) print(["  never again"]);
  else {
    const dates = moments.map(
      (at) => `${sayDateTime(at, aYearAgo, zone)}  ${formatOffset(offsetAt(zone, at))}`,
    );
    const width = Math.max(...dates.map((date) => date.length));
    print(
      dates.map((date, i) =>
        i === 0
          ? `  ${date.padEnd(width)}   ${look.paint(`in ${sayWait(moments[i]! - now)}`, "dim")}`
          : `  ${date}`,
      ),
    );
  }
  return 0;
});

/** In another year than any moment, so that years are told. */
const aYearAgo = 0 as Instant;
