import { union, within, zoned } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { hour } from "../time/plain-time.ts";
import { zoneNamed } from "../time/zone.ts";
import { ClauseSet, type Located, timed } from "./clause-set.ts";
import type { Clause, Clock, ParseContext } from "./clauses.ts";
import { Mistake, refuse, refuseAmbiguous } from "./errors.ts";
import { clauseRules, type Grammar, type Language, type Parse, type Read } from "./parser.ts";
import { limited, recurringOf, repeats, singleOf, windowsOf } from "./schedule-of.ts";

/**
 * What a text means, by the first way of reading it that makes sense. Undefined when no way reaches its end.
 *
 * @throws Mistake when every way that reaches the end contradicts itself
 */
export const meaningOf = (
  parse: Parse,
  language: Language,
  context: ParseContext,
): Recurrence | undefined => {
  let refusal: Mistake | undefined;
  for (const parts of pathsOf(parse, language))
    try {
      const meaning = unionOf(parts, parse, context);
      const split = parse.ambiguities.find((ambiguity) => splitsAmbiguity(ambiguity, parts));
      if (split) throw split;
      return meaning;
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      refusal ??= error;
      if (!mayBeMisread.has(error.code)) break;
    }
  if (refusal) throw parse.mistake && covers(parse.mistake, refusal) ? parse.mistake : refusal;
  return undefined;
};

/** What may come of reading the words the wrong way; all else is wrong with what they say, however it is read. */
const mayBeMisread: ReadonlySet<string> = new Set(["contradiction", "unfinished"]);

/**
 * A mistake in one reading of words tells more than what went wrong with a part of them in another; but "last friday" behind "first monday of every
 * month" is not past, it lacks its month.
 */
const covers = (mistake: Mistake, refusal: Mistake): boolean =>
  mistake.start <= refusal.start &&
  mistake.end >= refusal.end &&
  !(mistake.code === "past" && refusal.code === "contradiction");

/** "every second tuesday" is ambiguous, so it is not read as "every second" and "tuesday" either. */
const splitsAmbiguity = (ambiguity: Mistake, parts: readonly Part[]): boolean =>
  parts.some(
    ({ clauses, group }) =>
      clauses.some(({ start }) => start > ambiguity.start && start < ambiguity.end) ||
      (group !== undefined && splitsAmbiguity(ambiguity, group)),
  );

/** All schedules of a phrase. What the first one says about repeating holds for those behind it that only name days. */
const unionOf = (parts: readonly Part[], parse: Parse, context: ParseContext): Recurrence => {
  const clauses = parts.map((part, i) => new ClauseSet([...part.clauses, ...sharedTime(part, parts[i + 1])]));
  if (parts.length > 1) {
    refuseSharedEdges(parts, clauses, parse);
    refuseUneven(parts, clauses);
    refuseOpenDays(clauses);
    refuseBareCommas(parts, clauses, parse);
  }
  const lead = clauses[0]!;
  return union(
    ...parts.map((part, i) => {
      if (part.group) return grouped(part.group, clauses[i]!, parse, context);
      const inherits =
        i > 0 && !parts[0]!.group && !repeats(clauses[i]!) && repeats(lead) && isLike(clauses[i]!, lead);
      if (!inherits && isBare(clauses[i]!) && clauses.some(repeats))
        refuse("contradiction", (t) => t.repeatHowOften, clauses[i]!.place);
      if (inherits && lead.every("step").some(({ clause }) => clause.every > 1))
        refuse("unfinished", (t) => t.repeatHowOften, clauses[i]!.place);
      return scheduleOf(clauses[i]!, context, inherits);
    }),
  );
};

/** "monday morning and thursday evening at 8": the hour holds for both parts of the day. */
const sharedTime = ({ clauses, group }: Part, next: Part | undefined): readonly Located[] => {
  const kinds = new Set(clauses.map(({ clause }) => clause.kind));
  if (group || !next || !kinds.has("part") || kinds.has("clocks")) return [];
  const hasPart = next.clauses.some(({ clause }) => clause.kind === "part");
  return next.clauses.flatMap((placed): readonly Located[] => {
    if (placed.clause.kind !== "clocks") return [];
    if (hasPart) return [placed];
    // 晚上8点: the part stands in front of its hour.
    if (placed.clause.clocks.some(({ leads }) => !leads)) return [];
    const clocks = placed.clause.clocks.map(({ at }): Clock => ({ at: at % (12 * hour), open: "hour" }));
    return [{ ...placed, clause: { kind: "clocks", clocks } }];
  });
};

/** Days or times that would be a single moment, though what stands before them repeats. */
const isBare = (clauses: ClauseSet): boolean => !repeats(clauses) && !clauses.has("day", "later", "moment");

/** Whether two schedules name days of one sort: "every monday at 9 and friday at 10", but not "every monday, 2nd and 4th". */
const isLike = (one: ClauseSet, other: ClauseSet): boolean => {
  const sorts = [one, other].map((clauses) => Object.keys(clauses.days?.dates ?? {}).sort());
  return sorts[0]!.length > 0 && String(sorts[0]) === String(sorts[1]);
};

const scheduleOf = (clauses: ClauseSet, context: ParseContext, inherits: boolean): Recurrence =>
  inZone(clauses, context, (inner) => {
    if (clauses.has("day", "later", "moment") || !(inherits || repeats(clauses)))
      return singleOf(clauses, inner);
    return limited(recurringOf(clauses, inner), clauses, inner);
  });

/** Schedules in parentheses, and what holds for all of them. */
const grouped = (
  group: readonly Part[],
  clauses: ClauseSet,
  parse: Parse,
  context: ParseContext,
): Recurrence => {
  const odd = clauses.all.find(({ clause }) => !shared.has(clause.kind) && clause.kind !== "within");
  if (odd) refuse("contradiction", (t) => t.notInParentheses, odd);
  return inZone(clauses, context, (inner) => {
    const windows = [...windowsOf(clauses, "windows"), ...windowsOf(clauses, "within")];
    return limited(within(unionOf(group, parse, inner), windows), clauses, inner);
  });
};

const inZone = (
  clauses: ClauseSet,
  context: ParseContext,
  read: (inner: ParseContext) => Recurrence,
): Recurrence => {
  const name = clauses.one("zone")?.clause.zone;
  return name === undefined ? read(context) : zoned(read({ ...context, zone: zoneNamed(name) }), name);
};

/** What can be written once for several schedules. */
const shared: ReadonlySet<string> = new Set("start end span count except zone months windows".split(" "));

/** A limit at the outer edge of several schedules may be meant for one of them or for all: "mondays at 9 and fridays at 10 until june 1". */
const refuseSharedEdges = (parts: readonly Part[], clauses: readonly ClauseSet[], parse: Parse): void => {
  const edges = [
    [clauses.at(-1)!.all.at(-1), clauses.slice(0, -1)],
    [clauses[0]!.all[0], clauses.slice(1)],
  ] as const;
  for (const [edge, others] of edges) {
    if (!edge || others.some((other) => other.has(edge.clause.kind))) continue;
    if (!shared.has(edge.clause.kind) && !(isWeekdays(edge.clause) && clauses.every(repeatsDaily))) continue;
    if (edge.clause.kind === "windows" && !others.some((other) => other.has("rate"))) continue;
    if (parts.some((part) => part.group && part.clauses.includes(edge))) continue;
    if (parts.every((part) => part.group || part.clauses.includes(edge))) continue;
    refuseTwoScopes(edge, clauses, parse);
  }
};

const isWeekdays = (clause: Clause): boolean => clause.kind === "days" && clause.dates.weekdays !== undefined;

/** Whether it repeats without days: "every hour and every 10 minutes on weekdays". */
const repeatsDaily = (clauses: ClauseSet): boolean =>
  clauses.has("rate", "minutes", "marks") ||
  clauses.every("part").some(({ clause }) => clause.repeats) ||
  clauses.every("step").some(({ clause }) => clause.unit === "day");

const refuseTwoScopes = (edge: Located, clauses: readonly ClauseSet[], parse: Parse): never => {
  const limit = parse.text.slice(edge.start, edge.end).trim();
  const texts = clauses.map(({ all }) => {
    const own = all.filter((placed) => placed !== edge);
    return parse.text.slice(own[0]?.start ?? 0, own.at(-1)?.end ?? 0).trim();
  });
  const isLast = clauses.at(-1)!.all.includes(edge);
  const inside = isLast ? texts.at(-1)! : texts[0]!;
  const others = isLast ? texts.slice(0, -1) : texts.slice(1);
  const limited = `(${inside} ${limit})`;
  return refuseAmbiguous(
    (t) => [
      `(${texts.join(t.and)}) ${limit}`,
      (isLast ? [...others, limited] : [limited, ...others]).join(t.and),
    ],
    edge,
  );
};

/** Days without a time beside days with one: it is unclear whether they share it. */
const refuseUneven = (parts: readonly Part[], clauses: readonly ClauseSet[]): void => {
  const [lead] = clauses;
  const times = clauses.find((one) => one.has("clocks") && !one.has("step", "windows") && !one.has("day"));
  if (times && lead!.has("rate") && lead!.has("windows") && !parts[clauses.indexOf(times)]!.group)
    refuse("unfinished", (t) => t.repeatHowOften, times.place);
  if (!clauses.some((one) => one.has(...timed, "step"))) return;
  const bare = clauses.find(
    (one, i) => !parts[i]!.group && one.has("days", "day", "months") && !one.has(...timed),
  );
  if (bare) refuse("ambiguous", (t) => t.timeForEach, bare.place);
};

/** "every monday, 2nd and 4th": of what? */
const refuseOpenDays = (clauses: readonly ClauseSet[]): void => {
  for (const one of clauses) {
    const days = one.days;
    if (days?.isOpen && !days.dates.months && !one.has("step"))
      refuse("contradiction", (t) => t.ofTheMonth, days.place);
  }
};

/** "every month, every day", 周一、9点: a comma joins schedules only where each has its times. */
const refuseBareCommas = (parts: readonly Part[], clauses: readonly ClauseSet[], parse: Parse): void => {
  for (let i = 1; i < clauses.length; i++) {
    if (parts[i]!.group || parts[i - 1]!.group) continue;
    const joiner = parse.text.slice(clauses[i - 1]!.place.end, clauses[i]!.place.start).trim();
    const isComma = joiner === "," || joiner === "、";
    if (isComma && !(clauses[i]!.has(...timed) && clauses[i - 1]!.has(...timed)))
      refuse("contradiction", (t) => t.andBetween, clauses[i]!.place);
  }
};

/** One schedule: its clauses, and perhaps several schedules in parentheses for which they hold. */
export interface Part {
  readonly clauses: readonly Located[];
  readonly group?: readonly Part[];
}

/**
 * The ways in which a text falls into clauses and schedules, the preferred ones first: few schedules before many, long clauses before
 * short ones.
 *
 *     every monday at 9  and  (every tuesday  and  every friday at 10) until june 1
 *     └ clause ────┘└ clause┘        └ a part of the group ┘           └ clause ──┘
 *     └ part ──────────────┘       └ part ───────────────────────────────────────┘
 */
function* pathsOf(parse: Parse, language: Language): Generator<readonly Part[]> {
  const paths = new Paths(parse, language);
  yield* paths.with(0);
  const { fewest, most } = paths.joinsToEnd();
  for (let joins = Math.max(1, fewest); joins <= Math.min(most, mostJoins); joins++) yield* paths.with(joins);
}

/** So many ways are tried, then it is given up; so many schedules may stand beside each other, so deep in parentheses. */
const mostTried = 64;
const mostJoins = 24;
const deepest = 6;

/** "except 5pm on fridays" is never "except 5pm", on fridays. */
const leavesOutTimesOfDays = (clause: Clause): boolean =>
  clause.kind === "except" && clause.not.some((excluded) => "weekdays" in excluded);

type ClauseGroup = Read<readonly Clause[]>;

/** What was found up to a place of the text, with how many joins still to come. */
interface Found<T> {
  readonly found: T;
  readonly at: number;
  readonly joins: number;
}

/** A class, as functions that are made for each phrase take twice as long. */
class Paths {
  readonly #parse: Parse;
  readonly #grammar: Grammar;
  readonly #hasLeftOut: boolean;
  readonly #groups: (readonly ClauseGroup[])[] = [];
  readonly #groupsAfterComma: (readonly ClauseGroup[])[] = [];
  /** Places from which no way reaches the end. */
  readonly #dead = new Set<number>();
  #tried = 0;

  constructor(parse: Parse, { grammar, leftOut }: Language) {
    this.#parse = parse;
    this.#grammar = grammar;
    this.#hasLeftOut = leftOut?.test(parse.text) === true;
  }

  /**
   * With how many joins at least and at most the end can be reached, whatever stands in parentheses: so that a phrase of twelve schedules is not tried
   * with one join, with two, with three.
   */
  joinsToEnd(): { readonly fewest: number; readonly most: number } {
    const { length } = this.#parse.text;
    const fewest = new Array<number>(length + 1).fill(Infinity);
    const most = new Array<number>(length + 1).fill(0);
    const reach = (place: number | undefined, from: number, joins = 0): void => {
      if (place === undefined) return;
      const at = this.#skip(place);
      fewest[at] = Math.min(fewest[at]!, fewest[from]! + joins);
      most[at] = Math.max(most[at]!, most[from]! + joins);
    };
    const reachBehind = (place: number | undefined, from: number): void => {
      if (place === undefined) return;
      const at = this.#skip(place);
      reach(at, from);
      reach(this.#parse.literal(",", at), from);
      for (const next of this.#joinersAt(at)) reach(next, from, 1);
    };
    fewest[this.#skip(0)] = 0;
    for (let at = 0; at <= length; at++) {
      if (fewest[at] === Infinity) continue;
      this.#parse.lookedFor(undefined, at);
      for (const { end } of this.#groupsAt(at, false)) reachBehind(end, at);
      reach(this.#parse.literal("(", at), at);
      reachBehind(this.#parse.literal(")", at), at);
    }
    return { fewest: fewest[length]!, most: most[length]! };
  }

  *with(joins: number): Generator<readonly Part[]> {
    for (const { found, at, joins: left } of this.#parts(0, 0, joins)) {
      if (at < this.#parse.text.length || left > 0) continue;
      if (this.#tried === mostTried) return;
      this.#tried++;
      yield found;
    }
  }

  *#parts(from: number, depth: number, joinsLeft: number): Generator<Found<readonly Part[]>> {
    for (const { found: first, at, joins } of this.#part(from, depth, joinsLeft, { clauses: [] })) {
      yield { found: [first], at, joins };
      if (joins > 0)
        for (const next of this.#joinersAt(at))
          for (const more of this.#parts(next, depth, joins - 1))
            yield { ...more, found: [first, ...more.found] };
    }
  }

  /** A schedule that has begun, with more clauses or schedules in parentheses, and as it is. */
  *#part(from: number, depth: number, joins: number, part: Part): Generator<Found<Part>> {
    const isBegun = part.clauses.length > 0 || part.group !== undefined;
    const key =
      (((from * 8 + depth) * 32 + joins) * 2 + Number(isBegun)) * 2 + Number(part.group !== undefined);
    if (this.#dead.has(key)) return;
    const before = this.#tried;
    const end = this.#skip(from);
    const comma = isBegun ? this.#parse.literal(",", end) : undefined;
    const at = comma === undefined ? end : this.#skip(comma);
    this.#parse.lookedFor(undefined, at);
    for (const { meaning, end } of this.#groupsAt(at, comma !== undefined)) {
      const added = meaning.map((clause) => ({ clause, start: at, end }));
      yield* this.#part(end, depth, joins, { ...part, clauses: [...part.clauses, ...added] });
    }
    const inside = part.group || depth >= deepest ? undefined : this.#parse.literal("(", at);
    if (inside !== undefined)
      for (const { found: group, at: last, joins: left } of this.#parts(inside, depth + 1, joins)) {
        const outside = this.#parse.literal(")", last);
        if (outside !== undefined) yield* this.#part(outside, depth, left, { ...part, group });
      }
    // Elsewhere it is of no use to end.
    if (isBegun && (end === this.#parse.text.length || depth > 0 || joins > 0))
      yield { found: part, at: end, joins };
    if (this.#tried === before) this.#dead.add(key);
  }

  /**
   * The clauses at a place. Exceptions that are known only by their last word (每年5月除外) are tried last, as their first words mean something
   * else alone; but first where a comma sets them apart.
   */
  #groupsAt(at: number, isApart: boolean): readonly ClauseGroup[] {
    const kept = isApart ? this.#groupsAfterComma : this.#groups;
    kept[at] ??= this.#readGroups(at, isApart);
    return kept[at];
  }

  #readGroups(at: number, isApart: boolean): readonly ClauseGroup[] {
    const leftOut = this.#hasLeftOut ? this.#parse.read("leftOut", at) : [];
    const groups: ClauseGroup[] = [];
    for (const rule of clauseRules) groups.push(...this.#parse.read(rule, at));
    if (groups.length > 1) groups.sort((a, b) => b.end - a.end);
    const all = isApart ? [...leftOut, ...groups] : [...groups, ...leftOut.toReversed()];
    const whole = all.filter(({ meaning }) => meaning.some(leavesOutTimesOfDays));
    return whole.length > 0 ? whole : all;
  }

  #joinersAt(at: number): readonly number[] {
    return this.#parse.words(at).flatMap(({ kind, end }) => (this.#grammar.joiners.has(kind) ? end : []));
  }

  #skip(at: number): number {
    const filler = this.#parse.words(at).find(({ kind }) => this.#grammar.fillers.has(kind));
    return filler ? this.#skip(filler.end) : at;
  }
}
