import type { Job } from "../job.ts";
import { toCron } from "../language/cron/format.ts";
import { describe } from "../language/describe.ts";
import { toChain, toSystemd } from "../language/export.ts";
import { toRrule } from "../language/rrule.ts";
import type { Policies } from "../policy/policies.ts";
import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { entryOf } from "../scheduler/job.ts";
import { type StrangeTime, strangeTimes } from "../simulate/clock-changes.ts";
import { sayExact } from "../simulate/picture.ts";
import { colored, type Glyphs, plain, type Style, tableLines } from "../terminal/style.ts";
import {
  clockAt,
  displayWidth,
  oneLine,
  sayDate,
  sayDateTimes,
  sayLength,
  sayWait,
  sayZone,
  wrapText,
} from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { monthLength } from "../time/plain-date.ts";
import { fixedZone, resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import { command, flag, printJson, text, unexpected } from "./command.ts";
import { mostWords, readSubject } from "./phrase.ts";

interface Explained {
  readonly job?: Job;
  readonly recurrence: Recurrence;
  readonly zone: Zone;
  readonly now: Instant;
  readonly next: readonly Instant[];
}

/** How a script's jobs, or a phrase or cron expression, are understood: meaning, zone, next runs, clock changes and policies. */
export const explain = command("explain", mostWords, { zone: text, json: flag }, (context, values, args) => {
  const { scheduler, style, print } = context;
  const subject = readSubject(context, args, values);
  if (subject.rest.length > 0) throw unexpected(context, subject.rest[0]!);
  if (!("jobs" in subject)) {
    const { recurrence, zone, now } = subject;
    const next = compile(recurrence, { zone, anchor: now }).next(now);
    const phrase = { recurrence, zone, now, next: next === null ? [] : [next] };
    if (values.json)
      return printJson(context, { ...factsOf(phrase), next: next === null ? null : formatIso(next, zone) });
    return print(["", ...rowLines(rowsOf(phrase, style), style), ""]);
  }
  const jobs = subject.jobs.map((job) => {
    const next = job.next(3).map((date) => date.getTime() as Instant);
    return { job, recurrence: job.recurrence, zone: scheduler.zone, now: scheduler.clock.now(), next };
  });
  if (values.json) return printJson(context, jobs.map(factsOf));
  print([
    ...(jobs.length === 0 ? [`  ${texts().commands.noJobs}`] : []),
    ...jobs.flatMap((one) => [
      "",
      `  ${style.paint(oneLine(one.job.name), "bold")}`,
      "",
      ...rowLines(rowsOf(one, style), style),
    ]),
    "",
  ]);
});

export type Row = readonly [head: string, text: string];

/** An explanation as lines; a sentence that is too long for the terminal is continued below its beginning. */
const rowLines = (rows: readonly Row[], style: Style): readonly string[] => {
  const room = style.width - Math.max(...rows.map(([head]) => displayWidth(head))) - gaps;
  const cells = rows.flatMap(([head, text]) =>
    wrapText(text, room).map((line, i) => [[colored("dim", i === 0 ? head : "")], [plain(line)]]),
  );
  return tableLines(cells, style, { shrinks: [], indent: 2 });
};

/** Blanks before and between the columns. */
const gaps = 5;

const rowsOf = ({ job, recurrence, zone, now, next }: Explained, { glyphs }: Style): readonly Row[] => {
  const words = texts().commands.explain;
  const entry = job && entryOf(job);
  const language = currentLanguage();
  const zoneText = sayZone(zone, now);
  const never = job?.isPaused ? words.paused : texts().commands.next.never;
  const moments = (job ? sayDateTimes(next, now, zone) : next.map((at) => sayExact(at, zone))).map(
    (moment, i) => (i === 0 ? `${moment}   ${texts().commands.in(sayWait(next[0]! - now))}` : moment),
  );
  return [
    [words.meaning, oneLine(job?.describe(language) ?? describe(recurrence, { zone, language }))],
    ...(entry?.source ? [[words.source, oneLine(entry.source)] as const] : []),
    ...sameAs(recurrence, glyphs),
    [words.zone, job ? zoneText : words.zoneNow(zoneText)],
    ...(next.length > 0 ? moments : [never]).map((moment, i): Row => [i === 0 ? words.next : "", moment]),
    ...howOften(recurrence, zone, now),
    ...strangeNights(recurrence, zone, now),
    ...(entry ? policyRows(entry.definition.policies) : []),
  ];
};

const factsOf = ({ job, recurrence, zone, now, next }: Explained) => {
  const entry = job && entryOf(job);
  return {
    ...(job && { job: job.name }),
    when: job?.describe() ?? describe(recurrence, { zone }),
    recurrence,
    cron: toCron(recurrence),
    systemd: toSystemd(recurrence),
    rrule: toRrule(recurrence) ?? null,
    chain: toChain(recurrence),
    zone: zone.name,
    runsInAYear: runsInAYear(recurrence, zone, now),
    clockChanges: strangeTimes(recurrence, zone, now, inAYear(now, zone)).map(
      ({ change, fate, wall, runsAt }) => ({
        at: formatIso(change.at, change.zone),
        zone: change.zone.name,
        time: sayWall(wall),
        fate,
        ...(runsAt !== undefined && { runsAt: sayWall(runsAt) }),
      }),
    ),
    next: next.map((at) => formatIso(at, zone)),
    ...(entry && { source: entry.source, policies: entry.definition.policies }),
  };
};

/** What happens when a run is slow, late or fails: a head and a sentence each. */
export const policyRows = (policies: Policies): readonly Row[] => {
  const { overlap, catchUp, retry, timeout, jitter, pauseAfterFailures, ifInterrupted } = policies;
  const words = texts().commands.explain.policies;
  const late = catchUp.maxLateness === undefined ? undefined : sayLength(catchUp.maxLateness);
  const rows: readonly (readonly [string, string | undefined | false])[] = [
    [words.overlap, `${overlap}: ${words.overlaps[overlap]}`],
    [words.catchUp, `${catchUp.missed}: ${words.catchUps[catchUp.missed]}${words.maxLateness(late)}`],
    [words.retry, retry && words.attempts(retry.times)],
    [words.timeout, timeout !== undefined && words.perAttempt(sayLength(timeout))],
    [words.jitter, jitter !== undefined && words.later(sayLength(jitter))],
    [words.pause, pauseAfterFailures !== undefined && words.pausesAfter(pauseAfterFailures)],
    [words.interrupted, ifInterrupted !== "report" && words.reruns],
  ];
  return rows.flatMap(([head, text]) => (text ? [[head, text] as const] : []));
};

/** The same recurrence as cron, for systemd and as a chain, where they can express all of it. */
export const sameAs = (recurrence: Recurrence, { dot }: Pick<Glyphs, "dot">): readonly Row[] => {
  const [cron, systemd] = [toCron(recurrence), toSystemd(recurrence)];
  const same = [cron && `cron ${cron}`, systemd && `systemd ${systemd}`, toChain(recurrence)].filter(Boolean);
  const rule = toRrule(recurrence);
  return [
    ...(same.length === 0 ? [] : [[texts().commands.explain.sameAs, same.join(`  ${dot}  `)] as const]),
    ...(rule === undefined ? [] : [["RRULE", rule] as const]),
  ];
};

/** The number of runs in the next twelve months, and which months or years have none. */
const howOften = (recurrence: Recurrence, zone: Zone, now: Instant): readonly Row[] => {
  const runs = runsInAYear(recurrence, zone, now);
  const words = texts().commands.explain;
  return [
    [words.howOften, words.runsInAYear(runs ?? mostCounted, runs === null)],
    ...[...new Set(skippedBy(recurrence))].map((text): Row => ["", text]),
  ];
};

const skippedBy = (recurrence: Recurrence): readonly string[] => {
  if (recurrence.kind === "union") return recurrence.of.flatMap(skippedBy);
  if (recurrence.kind !== "calendar") return "of" in recurrence ? skippedBy(recurrence.of) : [];
  const words = texts().commands.explain.skipped;
  const { days = [], months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } = recurrence.dates ?? {};
  const lacks = (day: number) => months.some((month) => monthLength(2027, month) < day);
  return days.flatMap((rule) => {
    const month = rule.kind === "annual" ? rule.month : months.length === 1 ? months[0] : undefined;
    if ("day" in rule && rule.day === 29 && month === 2) return [words.leapDay];
    if ((rule.kind === "day" || rule.kind === "near") && lacks(rule.day)) return [words.day(rule.day)];
    return rule.kind === "nth" && Math.abs(rule.nth) === 5 ? [words.fifth] : [];
  });
};

/** A year of "every minute" is counted to its end. */
const mostCounted = 600_000;

/** The number of runs in the next twelve months; null where it is above 600,000 and not that of one interval. */
const runsInAYear = (recurrence: Recurrence, zone: Zone, now: Instant): number | null => {
  const end = inAYear(now, zone);
  if (recurrence.kind === "interval" && !recurrence.random) return Math.floor((end - now) / recurrence.every);
  const trigger = compile(recurrence, { zone, anchor: now });
  let runs = 0;
  for (let at = trigger.next(now); at !== null && at <= end && runs <= mostCounted; at = trigger.next(at))
    runs++;
  return runs > mostCounted ? null : runs;
};

const inAYear = (now: Instant, zone: Zone): Instant => {
  const date = new Date(wallAt(zone, now));
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return resolveWall(zone, date.getTime() as WallTime);
};

const strangeNights = (recurrence: Recurrence, zone: Zone, now: Instant): readonly Row[] => {
  const groups = new Map<string, StrangeTime[]>();
  for (const one of strangeTimes(recurrence, zone, now, inAYear(now, zone))) {
    const key = `${one.change.at} ${one.change.zone.name} ${one.fate}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map(
    (times, i): Row => [i === 0 ? texts().commands.explain.dst : "", sayNight(times, zone)],
  );
};

const sayNight = (times: readonly StrangeTime[], zone: Zone): string => {
  const { change, fate } = times[0]!;
  const date = sayDate(times[0]!.wall as number as Instant, 0 as Instant, onTheWall);
  const where = change.zone.name === zone.name ? "" : ` (${change.zone.name})`;
  const walls = listed(times.map(({ wall }) => sayWall(wall)));
  const instead = listed(times.flatMap(({ runsAt }) => (runsAt === undefined ? [] : [sayWall(runsAt)])));
  return `${date}${where}  ${texts().clockChanges[fate](walls, times.length, instead)}`;
};

const onTheWall = fixedZone("wall", 0);
const sayWall = (wall: WallTime): string => clockAt(wall as number as Instant, onTheWall);

/** `"02:00, 02:30"`, and only the ends of many. */
const listed = (all: readonly string[]): string =>
  all.length > 3 ? `${all[0]}, ${all[1]} … ${all.at(-1)}` : all.join(", ");
