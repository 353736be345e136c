import { why as answer, type Question, type WhyFacts, whyFacts } from "../report/why.ts";
import type { SchedulerCore } from "../scheduler/scheduler.ts";
import { oneLine, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { parseDuration } from "../time/duration.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import { weekdayNames } from "../time/names.ts";
import { weekday } from "../time/plain-date.ts";
import { day, hour, minute } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import { command, findJob, type KnownJob, knownJobs, UsageError } from "./command.ts";

/** Why a job ran or did not: at its last occurrence, or at a time in words. */
export const why = command("why", 5, {}, (context, _, args) => {
  const { scheduler, style, print } = context;
  const job = findJob(context, args[0], knownJobs(scheduler));
  const { clock, zone } = scheduler;
  const asked = args.slice(1).join(" ");
  const question = asked === "" ? "last" : readPeriod(asked, clock.now(), zone);
  print(wrapText(answer(factsOf(job, scheduler), question), style.width - 2).map((line) => `  ${line}`));
});

/** What is known about a job, also one that only the store knows. */
export const factsOf = ({ job, when, name, end, history }: KnownJob, scheduler: SchedulerCore): WhyFacts => {
  const [now, { zone, store }] = [scheduler.clock.now(), scheduler];
  const known = { incidents: store.incidents(name), now, zone };
  if (job) return whyFacts(job, known);
  const none = () => null;
  return {
    ...known,
    schedule: when,
    records: history(1_000),
    next: none,
    nextWithExcluded: none,
    since: now,
    running: [],
    nextRun: null,
    isPaused: false,
    end,
  };
};

/**
 * A stretch of the past: `"last night"`, `"yesterday"`, `"monday"`, `"02:30"`, `"yesterday 02:30"`, `"2 hours"` ago, a date or a moment. A time of day is that minute.
 *
 * @throws UsageError
 */
export const readPeriod = (text: string, now: Instant, zone: Zone): Exclude<Question, "last"> => {
  const given = text
    .trim()
    .toLowerCase()
    .replace(/^(on|at) /, "");
  const today = Math.floor(wallAt(zone, now) / day);
  const at = (date: number, time: number) => resolveWall(zone, (date * day + time) as WallTime);
  const part = parts.find(([words]) => words.test(given));
  if (part) {
    const [, back, from, to] = part;
    return { from: at(today + back, from), to: at(today + back, to) };
  }
  const [, dayText = "", hours, minutes = "0"] = /^(.*?)\s*(?:at )?(\d{1,2})[:：点](\d{2})?分?$/.exec(
    given,
  ) ?? [undefined, given];
  const date = dateOf(dayText.trim(), today);
  if (date !== undefined && (hours !== undefined || dayText !== "")) {
    if (hours === undefined) return { from: at(date, 0), to: at(date + 1, 0) };
    const time = Number(hours) * hour + Number(minutes) * minute;
    const isAhead = dayText === "" && at(date, time) > now;
    const from = at(isAhead ? date - 1 : date, time);
    return { from, to: later(from, minute as Milliseconds) };
  }
  for (const read of [
    () => ({ from: later(now, -parseDuration(given.replace(/\s*(ago|前)$/, "")) as Milliseconds), to: now }),
    () => {
      const from = parseMoment(text.trim(), zone);
      const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text.trim());
      return {
        from,
        to: isDate ? at(Math.floor(wallAt(zone, from) / day) + 1, 0) : later(from, minute as Milliseconds),
      };
    },
  ])
    try {
      return read();
    } catch {}
  throw new UsageError(texts().commands.history.notSince(oneLine(text)));
};

/** Words, days back, and the times of day between which it lies. */
const parts: readonly (readonly [words: RegExp, days: number, from: number, to: number])[] = [
  [/^(last night|昨晚|昨夜|昨天晚上)$/, -1, 18 * hour, 34 * hour],
  [/^(this morning|今早|今天早上|今天上午)$/, 0, 0, 12 * hour],
  [/^(yesterday morning|昨天早上|昨天上午)$/, -1, 0, 12 * hour],
  [/^(tonight|this evening|今晚|今天晚上)$/, 0, 18 * hour, 24 * hour],
];

/** A day that has begun, by its name. */
const dateOf = (text: string, today: number): number | undefined => {
  if (text === "" || text === "today" || text === "今天") return today;
  if (text === "yesterday" || text === "昨天") return today - 1;
  if (text === "前天") return today - 2;
  const english = weekdayNames.findIndex(
    (name) =>
      text.replace(/^last /, "").replace(/s$/, "") === name.toLowerCase() || text === name.slice(0, 3),
  );
  const chinese = /^(?:上?周|上?星期)([一二三四五六日天])$/.exec(text)?.[1];
  const named = chinese ? "一二三四五六日".indexOf(chinese.replace("天", "日")) : english;
  if (named < 0) return undefined;
  const back = (weekday(today) - (named + 1) + 7) % 7;
  return today - (back === 0 && text.startsWith("last ") ? 7 : back);
};
