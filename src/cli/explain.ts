import { readArguments } from "../commands/arguments.ts";
import { type Context, command, UsageError } from "../commands/command.ts";
import {
  howOften,
  type Row,
  recurrenceFacts,
  rowLines,
  sameAs,
  strangeNights,
} from "../commands/recurrence-rows.ts";
import { compile } from "../recurrence/compile.ts";
import { describe } from "../recurrence/describe.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { sayExact } from "../simulate/picture.ts";
import { safeJson, sayWait, sayZone } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { type Zone, zoneNamed } from "../time/zone.ts";
import { scriptCommand } from "./script.ts";
import { isScriptName, readSaid } from "./spoken.ts";
import { usages } from "./usages.ts";

/** Tells how something said is read, what it is in other languages, and what becomes of it; or explains the jobs of a script. */
export const explain = (context: Context): Promise<number> =>
  isScriptName(context.args[0] ?? "") ? scriptCommand("explain")(context) : explainSaid(context);

const explainSaid = command(({ scheduler, args, look, print }) => {
  const usage = `npx onthedot ${usages.explain}`;
  const { values, positionals } = readArguments(
    args,
    { zone: { type: "string" }, json: { type: "boolean" } },
    { usage, most: 1 },
  );
  const [said] = positionals;
  if (said === undefined) throw new UsageError("Explain what?", `usage: ${usage}`);
  const zone = values.zone === undefined ? scheduler.zone : zoneNamed(values.zone);
  const now = scheduler.clock.now();
  const recurrence = readSaid(said, { now, zone });
  const next = compile(recurrence, { zone, anchor: now }).next(now);
  if (values.json) {
    print([safeJson(facts(recurrence, zone, now, next))]);
    return 0;
  }
  const rows: readonly Row[] = [
    ["reads as", describe(recurrence, { zone })],
    ...sameAs(recurrence, look.glyphs),
    ["zone", sayZone(zone, now).replace(/ \((.*)\)$/, ", now $1")],
    ["next", next === null ? "never again" : `${sayExact(next, zone)}   in ${sayWait(next - now)}`],
    ...howOften(recurrence, zone, now),
    ...strangeNights(recurrence, zone, now),
  ];
  print(["", ...rowLines(rows, look), ""]);
  return 0;
});

const facts = (recurrence: Recurrence, zone: Zone, now: Instant, next: Instant | null) => ({
  readsAs: describe(recurrence, { zone }),
  recurrence,
  ...recurrenceFacts(recurrence, zone, now),
  next: next === null ? null : formatIso(next, zone),
});
