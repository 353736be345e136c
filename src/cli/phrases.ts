import { type Context, command, readArguments, readCount, UsageError } from "../commands/command.ts";
import {
  howOften,
  type Row,
  recurrenceFacts,
  rowLines,
  sameAs,
  strangeNights,
} from "../commands/recurrence-rows.ts";
import type { ParseContext } from "../language/clauses.ts";
import { parseCron } from "../language/cron/parse.ts";
import { describe } from "../language/describe.ts";
import { parseEvery, parseWhen } from "../language/reader.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { sayExact } from "../simulate/picture.ts";
import { safeJson, sayDateTime, sayWait, sayZone } from "../terminal/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso, formatOffset } from "../time/iso.ts";
import { offsetAt, type Zone, zoneNamed } from "../time/zone.ts";
import { isScriptName } from "./file-names.ts";
import { scriptCommand } from "./script.ts";
import { usages } from "./usages.ts";

/** Tells how something said is read, what it is in other languages, and what becomes of it; or explains the jobs of a script. */
export const explain = (context: Context): Promise<number> =>
  isScriptName(context.args[0] ?? "") ? scriptCommand("explain")(context) : explainSaid(context);

const explainSaid = command(({ scheduler, args, style, print }) => {
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
    ...sameAs(recurrence, style.glyphs),
    ["zone", sayZone(zone, now).replace(/ \((.*)\)$/, ", now $1")],
    ["next", next === null ? "never again" : `${sayExact(next, zone)}   in ${sayWait(next - now)}`],
    ...howOften(recurrence, zone, now),
    ...strangeNights(recurrence, zone, now),
  ];
  print(["", ...rowLines(rows, style), ""]);
  return 0;
});

const facts = (recurrence: Recurrence, zone: Zone, now: Instant, next: Instant | null) => ({
  readsAs: describe(recurrence, { zone }),
  recurrence,
  ...recurrenceFacts(recurrence, zone, now),
  next: next === null ? null : formatIso(next, zone),
});

/** Tells the next moments of something said, or of the jobs of a script. */
export const next = (context: Context): Promise<number> =>
  isScriptName(context.args[0] ?? "") ? scriptCommand("next")(context) : nextOfSaid(context);

const nextOfSaid = command(({ scheduler, args, style, print }) => {
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
          ? `  ${date.padEnd(width)}   ${style.paint(`in ${sayWait(moments[i]! - now)}`, "dim")}`
          : `  ${date}`,
      ),
    );
  }
  return 0;
});

/** In another year than any moment, so that years are told. */
const aYearAgo = 0 as Instant;

/**
 * Reads what stands in quotes behind a word of the command line: a crontab expression, a whole phrase, or one that goes on after "every".
 *
 * @throws ScheduleError that points at the mistake
 */
export const readSaid = (text: string, parseContext: ParseContext): Recurrence => {
  if (looksLikeCron(text)) return parseCron(text);
  try {
    return parseWhen(text, parseContext);
  } catch (mistake) {
    return orElse(() => parseEvery(text, parseContext), mistake);
  }
};

/** Digits and signs where the minute and the hour stand, or a nickname. */
const looksLikeCron = (text: string): boolean =>
  /^\s*@[a-z]/i.test(text) || /^\s*[\d*,/?-]+\s+[\d*,/?-]+(?:\s+\S+){2,5}\s*$/.test(text);

const orElse = (read: () => Recurrence, mistake: unknown): Recurrence => {
  try {
    return read();
  } catch {
    throw mistake;
  }
};
