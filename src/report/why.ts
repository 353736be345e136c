import type { Job, RunRecord } from "../job.ts";
import { compile } from "../recurrence/next/compile.ts";
import { exceptionsOf, withoutExceptions } from "../recurrence/reanchor.ts";
import { entryOf } from "../scheduler/job.ts";
import type { Incident, JobEnd } from "../store/store.ts";
import { clockAt, oneLine, sayDateTime, sayLength } from "../terminal/text.ts";
import { currentLanguage, type Language, type Texts, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatDate } from "../time/plain-date.ts";
import { day, minute, second } from "../time/plain-time.ts";
import { wallAt, type Zone } from "../time/zone.ts";

/** A stretch of time that somebody asks about, its end excluded; or the last occurrence. */
export type Question = { readonly from: Instant; readonly to: Instant } | "last";

/** Everything that is known about a job, as plain data and pure functions. */
export interface WhyFacts {
  /** When it runs, in words. */
  readonly schedule: string;
  /** The decisions, oldest first. */
  readonly records: readonly RunRecord[];
  /** What concerns it beside its decisions, oldest first. */
  readonly incidents: readonly Incident[];
  /** The occurrences of its schedule. */
  next(after: Instant): Instant | null;
  /** The same without its exceptions. */
  nextWithExcluded(after: Instant): Instant | null;
  /** The named days because of which a moment is excluded: `"public holidays in Germany"`. */
  excludedBy?(at: Instant): string | undefined;
  /** Since when it is counted: nothing was planned before. */
  readonly since: Instant;
  /** The planned moments of what runs now. */
  readonly running: readonly Instant[];
  readonly nextRun: Instant | null;
  readonly isPaused: boolean;
  readonly end?: JobEnd | undefined;
  readonly now: Instant;
  readonly zone: Zone;
}

/** What is known about a job of a scheduler. */
export const whyFacts = (
  job: Job,
  known: Pick<WhyFacts, "incidents" | "now" | "zone">,
  language: Language = currentLanguage(),
): WhyFacts => {
  const entry = entryOf(job)!;
  const open = compile(withoutExceptions(entry.recurrence), entry);
  return {
    ...known,
    schedule: job.describe(language),
    records: job.history(),
    next: (after) => entry.trigger.next(after),
    nextWithExcluded: (after) => open.next(after),
    excludedBy(at) {
      const date = formatDate(Math.floor(wallAt(entry.zone, at) / day));
      for (const one of exceptionsOf(entry.recurrence))
        if (one.kind === "days" && one.set.days.includes(date) !== (one.only ?? false))
          return texts(language).why[one.only ? "onlyOn" : "exceptOn"](one.set.name[language]);
      return undefined;
    },
    since: entry.anchor,
    running: entry.running.map(({ scheduled }) => scheduled),
    nextRun: entry.due < Infinity ? (entry.due as Instant) : null,
    isPaused: entry.isPaused,
    end: entry.end,
  };
};

/** More runs than these are summed up. */
const mostInFull = 3;

/** Why a job ran, or did not, in one paragraph. */
export const why = (
  facts: WhyFacts,
  question: Question = "last",
  language: Language = currentLanguage(),
): string => {
  const teller = new Teller(facts, language);
  const sentences = question === "last" ? last(facts, teller) : during(facts, question, teller);
  return paragraph([...sentences, teller.next()], language);
};

/** The story of one decision, without what comes next: for a line of a history. */
export const whyRun = (facts: WhyFacts, run: RunRecord, language: Language = currentLanguage()): string =>
  paragraph(new Teller(facts, language).run(run), language);

const paragraph = (sentences: readonly string[], language: Language): string =>
  sentences
    .filter((sentence) => sentence !== "")
    .map((sentence) => sentence[0]!.toUpperCase() + sentence.slice(1))
    .join(texts(language).why.betweenSentences)
    // Texts put a space beside a moment, which may begin or end with a Chinese character.
    .replace(/(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])/g, "");

const last = (facts: WhyFacts, teller: Teller): readonly string[] => {
  const { records, now, since } = facts;
  const run = records.at(-1);
  const after = Math.max(run ? momentOf(run.scheduled) : -Infinity, since) as Instant;
  const due = lastBetween(facts.next, after, now);
  if (due) return teller.withoutRecord(due.last, due.count);
  return run ? teller.run(run) : [teller.words.nothingYet(teller.when(since), facts.schedule)];
};

const during = (
  facts: WhyFacts,
  { from, to }: Exclude<Question, "last">,
  teller: Teller,
): readonly string[] => {
  const { records, now, since } = facts;
  const { words } = teller;
  const found = records.filter((run, i) => {
    const before = records[i - 1];
    const first =
      run.count === undefined ? null : facts.next((before ? momentOf(before.scheduled) : since) as Instant);
    const at = momentOf(run.byHand && run.started ? run.started : run.scheduled);
    return (at >= from && at < to) || (first !== null && first < to && at >= from);
  });
  const all = found.reduce((sum, { count = 1 }) => sum + count, 0);
  const causes =
    found.length <= mostInFull
      ? found.flatMap((run) => teller.run(run))
      : [
          teller.sum(found, all),
          ...teller.run(found.findLast(({ outcome }) => outcome !== "succeeded") ?? found.at(-1)!),
        ];
  const lastKnown = Math.max(
    from - 1,
    since,
    ...found.map(({ scheduled }) => momentOf(scheduled)),
  ) as Instant;
  const due = lastBetween(facts.next, lastKnown, Math.min(to - 1, now) as Instant);
  const isForgotten =
    due && found.length === 0 && records.length > 0 && due.last < momentOf(records[0]!.scheduled);
  if (isForgotten)
    return [words.due(teller.when(due.last)), words.forgotten(teller.when(momentOf(records[0]!.scheduled)))];
  if (due) return [...causes, ...teller.withoutRecord(due.last, due.count)];
  if (causes.length > 0) return causes;
  if (from > now) return [words.stillToCome(teller.when(from))];
  if (to <= since) return [words.notYetKnown(teller.when(from), teller.when(since))];
  return teller.neverDue(from, to);
};

/** So many occurrences are counted one by one. */
const mostCounted = 10_000;

const lastBetween = (
  next: (after: Instant) => Instant | null,
  after: Instant,
  to: Instant,
): { readonly last: Instant; readonly count: number } | undefined => {
  let [found, count] = [undefined as Instant | undefined, 0];
  for (let at = next(after); at !== null && at <= to && count < mostCounted; at = next(at)) {
    found = at;
    count++;
  }
  return found === undefined ? undefined : { last: found, count };
};

const momentOf = (date: Date): Instant => date.getTime() as Instant;

const firstLine = (error: string): string => oneLine(error.split("\n")[0]!.replace(/\.$/, ""));

/** Puts facts into sentences. */
class Teller {
  readonly words: Texts["why"];
  readonly #facts: WhyFacts;
  readonly #language: Language;
  /** Each incident is mentioned once. */
  readonly #mentioned = new Set<Incident>();

  constructor(facts: WhyFacts, language: Language) {
    this.#facts = facts;
    this.#language = language;
    this.words = texts(language).why;
  }

  /** `"02:30"`, `"yesterday at 02:30"`, `"Mon 23 Nov 02:30"`; the time alone on the day of another moment. */
  when(at: Instant, beside?: Instant): string {
    const { zone, now } = this.#facts;
    const [date, today] = [this.#dateOf(at), this.#dateOf(now)];
    const clock = clockAt((Math.floor(at / second) * second) as Instant, zone);
    if (date === (beside === undefined ? today : this.#dateOf(beside))) return clock;
    if (date === today - 1) return this.words.yesterday(clock);
    if (date === today) return texts(this.#language).time.today(clock);
    if (date === today + 1) return this.words.tomorrow(clock);
    return sayDateTime(at, now, zone, this.#language);
  }

  #dateOf(at: Instant): number {
    return Math.floor(wallAt(this.#facts.zone, at) / day);
  }

  length(from: Instant, to: Instant): string {
    return sayLength(to - from, this.#language);
  }

  /** What was due, what kept it from starting, and the outcome. */
  run(run: RunRecord): readonly string[] {
    const { words } = this;
    const at = momentOf(run.scheduled);
    const { count = 1, outcome, started } = run;
    const start = started && momentOf(started);
    if (run.byHand) return [words.byHand(this.when(start ?? at), this.#ending(run))];
    const due = count > 1 ? words.severalDue(count, this.when(at)) : words.due(this.when(at));
    if (start === undefined) return [due, ...this.#causes(at, outcome), this.#notStarted(run)];
    const late = start - at;
    if (late < minute) {
      const kind = outcome === "interrupted" ? "notRunning" : "set-back";
      const causes = this.#causes(at, outcome, kind);
      return [due, words.onTime(this.#ending(run), this.#machine(run)), ...causes];
    }
    const causes = this.#causes(at, outcome);
    const waited = this.#runAt(at, run);
    const how =
      causes.length > 0 ? "caughtUp" : waited && { waitedFor: this.when(momentOf(waited.scheduled), at) };
    const lateness = this.length(at, start);
    return [
      due,
      ...causes,
      words.late(how, this.when(start, at), lateness, this.#ending(run), this.#machine(run)),
    ];
  }

  /** An occurrence of which there is no record. */
  withoutRecord(at: Instant, count: number): readonly string[] {
    const { words } = this;
    const { running, now, isPaused } = this.#facts;
    const due = count > 1 ? words.severalDue(count, this.when(at)) : words.due(this.when(at));
    if (running.includes(at)) return [due, words.running(this.length(at, now))];
    const causes = this.#causes(at);
    if (isPaused) return [due, ...(causes.length > 0 ? causes : [words.paused])];
    if (causes.length > 0) return [due, ...causes, words.noRecord];
    return [due, now - at < minute ? words.aboutToStart : words.unknown];
  }

  neverDue(from: Instant, to: Instant): readonly string[] {
    const { words } = this;
    const { next, nextWithExcluded, excludedBy, schedule, since } = this.#facts;
    const excluded = lastBetween(nextWithExcluded, (from - 1) as Instant, (to - 1) as Instant);
    if (excluded) {
      const days = excludedBy?.(excluded.last);
      return [words.excluded(this.when(excluded.last), days ?? words.scheduleIs(schedule))];
    }
    const before = lastBetween(next, Math.max(since, from - 400 * day) as Instant, (from - 1) as Instant);
    const after = next((from - 1) as Instant);
    return [
      words.neverDue(schedule),
      words.around(before && this.when(before.last), after === null ? undefined : this.when(after)),
    ];
  }

  sum(runs: readonly RunRecord[], all: number): string {
    const counts = new Map<RunRecord["outcome"], number>();
    for (const { outcome, count = 1 } of runs) counts.set(outcome, (counts.get(outcome) ?? 0) + count);
    const parts = [...counts].map(([outcome, count]) => this.words.outcome(count, outcome));
    const [first, last] = [runs[0]!, runs.at(-1)!].map(({ scheduled }) => momentOf(scheduled)) as [
      Instant,
      Instant,
    ];
    return this.words.sum(
      all,
      this.when(first),
      this.when(last, first),
      parts.join(this.words.betweenCounts),
    );
  }

  /** What comes next, or why nothing does. What is due already is no next run: nobody ran the script, or it starts just now. */
  next(): string {
    const { words } = this;
    const { end, isPaused, nextRun, incidents, now } = this.#facts;
    if (end) return words.ended(end.why, this.when(end.at));
    if (isPaused) {
      const pause = incidents.findLast(({ kind, until }) => kind === "paused" && until === null);
      return pause && this.#mentioned.has(pause) ? "" : pause ? this.#incident(pause) : words.paused;
    }
    if (nextRun === null) return words.noNext;
    const isStopped = incidents.some(({ kind, until }) => kind === "notRunning" && until === null);
    return nextRun <= now ? "" : words.next(this.when(nextRun), isStopped);
  }

  /** What was the matter at a moment. */
  #causes(at: Instant, outcome?: RunRecord["outcome"], only?: Incident["kind"]): readonly string[] {
    const { incidents, now } = this.#facts;
    return incidents
      .filter(
        ({ kind, from, until }) =>
          from <= at &&
          at <= (until ?? now) &&
          (only === undefined || kind === only) &&
          (kind !== "paused" || outcome === "skipped" || outcome === undefined),
      )
      .map((incident) => this.#incident(incident));
  }

  #incident(incident: Incident): string {
    this.#mentioned.add(incident);
    const { kind, from, until, why } = incident;
    const end = until === null ? undefined : this.when(until, from);
    return this.words.incidents[kind](this.when(from), end, why === null ? undefined : oneLine(why));
  }

  /** `"succeeded after 3s"`, `"failed at myjobs.ts:9: ECONNREFUSED"`. */
  #ending({ outcome, started, ended, error, attempts, failedAt }: RunRecord): string {
    const took = started && ended ? this.length(momentOf(started), momentOf(ended)) : "";
    const message = error === undefined ? undefined : firstLine(error);
    return this.words.ending(outcome, took, attempts, message, failedAt);
  }

  #machine({ machine }: RunRecord): string | undefined {
    return machine === undefined ? undefined : oneLine(machine);
  }

  #notStarted(run: RunRecord): string {
    const { words } = this;
    const at = momentOf(run.scheduled);
    const { outcome, reason, error, count = 1 } = run;
    if (outcome === "coalesced") {
      const into = this.#facts.records.find(({ started }) => started && momentOf(started) >= at);
      return words.coalesced(into?.started && this.when(momentOf(into.started), at), count);
    }
    if (outcome === "cancelled") return words.cancelled;
    if (outcome === "interrupted") return words.ending("interrupted", "", 1, undefined, undefined);
    if (reason === undefined) return words.unknown;
    const other = reason === "overlap" ? this.#runAt(at, run) : undefined;
    const since = other?.started ? momentOf(other.started) : this.#facts.running[0];
    const span: [string, string | undefined] | undefined =
      since === undefined
        ? undefined
        : [this.when(since, at), other?.ended && this.when(momentOf(other.ended), at)];
    return words.notStarted(count, reason, error === undefined ? undefined : firstLine(error), span);
  }

  /** Another run that was going on at a moment. */
  #runAt(at: Instant, but: RunRecord): RunRecord | undefined {
    return this.#facts.records.findLast(
      (run) =>
        run !== but &&
        run.started &&
        momentOf(run.started) <= at &&
        (!run.ended || momentOf(run.ended) >= at),
    );
  }
}
