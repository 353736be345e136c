import { union, within, zoned } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { zoneNamed } from "../time/zone.ts";
import { Gathered, gatherDays, type Placed } from "./clause-set.ts";
import type { Clause, ParseContext } from "./clauses.ts";
import { ambiguous, Mistake, Refusal } from "./errors.ts";
import { limited } from "./limits.ts";
import { singleOf } from "./once-of.ts";
import type { Language, Parse, PlacedMistake } from "./parser.ts";
import { type Part, tryPaths } from "./paths.ts";
import { recurringOf, repeats, windowsOf } from "./schedule-of.ts";

/**
 * What a text means, by the first way of reading it that makes sense. Undefined when no way reaches its end.
 *
 * @throws Refusal when every way that reaches the end contradicts itself
 */
export const meaningOf = (
  parse: Parse,
  language: Language,
  parseContext: ParseContext,
): Recurrence | undefined => {
  let refusal: Refusal | undefined;
  let meaning: Recurrence | undefined;
  tryPaths(parse, language, (parts) => {
    try {
      const meant = together(parts, parse, parseContext);
      const torn = parse.ambiguities.find((ambiguity) => isTorn(ambiguity, parts));
      if (torn) throw refusalOf(torn);
      meaning = meant;
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal ??= error;
      return !mayBeMisread.has(error.mistake.code);
    }
  });
  if (meaning === undefined && refusal)
    throw parse.mistake && covers(parse.mistake, refusal) ? refusalOf(parse.mistake) : refusal;
  return meaning;
};

/** What may come of reading the words the wrong way; all else is wrong with what they say, however it is read. */
const mayBeMisread: ReadonlySet<string> = new Set(["contradiction", "unfinished"]);

/** A mistake in one reading of words tells more than what went wrong with a part of them in another. */
const covers = (mistake: PlacedMistake, refusal: Refusal): boolean =>
  mistake.start <= refusal.start && mistake.end >= refusal.end;

const refusalOf = (placed: PlacedMistake): Refusal => new Refusal(placed.mistake, placed);

/** "every second tuesday" is ambiguous, so it is not read as "every second" and "tuesday" either. */
const isTorn = (ambiguity: PlacedMistake, parts: readonly Part[]): boolean =>
  parts.some(
    ({ clauses, group }) =>
      clauses.some(({ start }) => start > ambiguity.start && start < ambiguity.end) ||
      (group !== undefined && isTorn(ambiguity, group)),
  );

/** All schedules of a phrase. What the first one says about repeating holds for those behind it that only name days. */
const together = (parts: readonly Part[], parse: Parse, parseContext: ParseContext): Recurrence => {
  const said = parts.map((part) => new Gathered(part.clauses));
  if (parts.length > 1) {
    refuseSharedEdges(parts, said, parse);
    refuseUneven(parts, said);
    refuseOpenDays(said);
    refuseBareCommas(parts, said, parse);
  }
  const lead = said[0]!;
  return union(
    ...parts.map((part, i) => {
      if (part.group) return grouped(part.group, said[i]!, parse, parseContext);
      const inherits =
        i > 0 && !parts[0]!.group && !repeats(said[i]!) && repeats(lead) && isLike(said[i]!, lead);
      if (!inherits && isBare(said[i]!) && said.some(repeats))
        throw new Refusal(
          new Mistake("contradiction", 'what repeats, such as "every" once more'),
          said[i]!.place,
        );
      if (inherits && lead.every("step").some(({ clause }) => clause.every > 1))
        throw new Refusal(new Mistake("unfinished", "how often, once more"), said[i]!.place);
      return alone(said[i]!, parseContext, inherits);
    }),
  );
};

/** Days or times that would be a single moment, though what stands before them repeats. */
const isBare = (said: Gathered): boolean => !repeats(said) && !said.has("day", "later", "moment");

/** Whether two schedules name days of one sort: "every monday at 9 and friday at 10", but not "every monday, 2nd and 4th". */
const isLike = (one: Gathered, other: Gathered): boolean => {
  const sorts = [one, other].map((said) => Object.keys(gatherDays(said)?.dates ?? {}).sort());
  return sorts[0]!.length > 0 && String(sorts[0]) === String(sorts[1]);
};

const alone = (said: Gathered, parseContext: ParseContext, inherits: boolean): Recurrence =>
  inZone(said, parseContext, (there) => {
    if (said.has("day", "later", "moment") || !(inherits || repeats(said))) return singleOf(said, there);
    return limited(recurringOf(said, there), said, there);
  });

/** Schedules in parentheses, and what holds for all of them. */
const grouped = (
  group: readonly Part[],
  said: Gathered,
  parse: Parse,
  parseContext: ParseContext,
): Recurrence => {
  const odd = said.all.find(({ clause }) => !shared.has(clause.kind) && clause.kind !== "within");
  if (odd) throw new Refusal(new Mistake("contradiction", "this inside the parentheses"), odd);
  return inZone(said, parseContext, (there) => {
    const windows = [...windowsOf(said, "windows"), ...windowsOf(said, "within")];
    return limited(within(together(group, parse, there), windows), said, there);
  });
};

const inZone = (
  said: Gathered,
  parseContext: ParseContext,
  read: (there: ParseContext) => Recurrence,
): Recurrence => {
  const name = said.one("zone")?.clause.zone;
  return name === undefined
    ? read(parseContext)
    : zoned(read({ ...parseContext, zone: zoneNamed(name) }), name);
};

/** What can be said once for several schedules. */
const shared: ReadonlySet<Clause["kind"]> = new Set([
  "start",
  "end",
  "span",
  "count",
  "except",
  "zone",
  "months",
  "windows",
]);

/** A limit at the outer edge of several schedules may be meant for one of them or for all: "mondays at 9 and fridays at 10 until june 1". */
const refuseSharedEdges = (parts: readonly Part[], said: readonly Gathered[], parse: Parse): void => {
  const edges = [
    [said.at(-1)!.all.at(-1), said.slice(0, -1)],
    [said[0]!.all[0], said.slice(1)],
  ] as const;
  for (const [edge, others] of edges) {
    if (!edge || !shared.has(edge.clause.kind) || others.some((other) => other.has(edge.clause.kind)))
      continue;
    if (edge.clause.kind === "windows" && !others.some((other) => other.has("rate"))) continue;
    if (parts.some((part) => part.group && part.clauses.includes(edge))) continue;
    if (parts.every((part) => part.group || part.clauses.includes(edge))) continue;
    throw new Refusal(twoScopes(edge, said, parse), edge);
  }
};

const twoScopes = (edge: Placed, said: readonly Gathered[], parse: Parse): Mistake => {
  const limit = parse.text.slice(edge.start, edge.end).trim();
  const texts = said.map(({ all }) => {
    const own = all.filter((placed) => placed !== edge);
    return parse.text.slice(own[0]?.start ?? 0, own.at(-1)?.end ?? 0).trim();
  });
  const isLast = said.at(-1)!.all.includes(edge);
  const [first, last] = [texts.slice(0, -1).join(" and "), texts.at(-1)!];
  return isLast
    ? ambiguous(`(${texts.join(" and ")}) ${limit}`, `${first} and (${last} ${limit})`)
    : ambiguous(
        `(${texts.join(" and ")}) ${limit}`,
        `(${texts[0]} ${limit}) and ${texts.slice(1).join(" and ")}`,
      );
};

/** Days without a time beside days with one: whether they share it cannot be told. */
const refuseUneven = (parts: readonly Part[], said: readonly Gathered[]): void => {
  if (!said.some((one) => one.has(...timed, "step"))) return;
  const bare = said.find(
    (one, i) => !parts[i]!.group && one.has("days", "day", "months") && !one.has(...timed),
  );
  if (bare) throw new Refusal(new Mistake("ambiguous", "a time for each of the schedules"), bare.place);
};

/** "every monday, 2nd and 4th": of what? */
const refuseOpenDays = (said: readonly Gathered[]): void => {
  for (const one of said) {
    const days = gatherDays(one);
    if (days?.isOpen && !days.dates.months && !one.has("step"))
      throw new Refusal(new Mistake("contradiction", '"of the month" as well'), days.place);
  }
};

/** "every month, every day": a comma joins schedules only where each has its times. */
const refuseBareCommas = (parts: readonly Part[], said: readonly Gathered[], parse: Parse): void => {
  for (let i = 1; i < said.length; i++) {
    if (parts[i]!.group || parts[i - 1]!.group) continue;
    const isComma = parse.text.slice(said[i - 1]!.place.end, said[i]!.place.start).trim() === ",";
    if (isComma && !(said[i]!.has(...timed) && said[i - 1]!.has(...timed)))
      throw new Refusal(new Mistake("contradiction", '"and" between two schedules'), said[i]!.place);
  }
};

const timed = ["clocks", "part", "rate", "minutes", "marks", "sameTime"] as const;
