import { nearest, ScheduleError } from "../../errors.ts";
import { calendar, fields, union } from "../../recurrence/build.ts";
import type { Dates, DayRule, Recurrence } from "../../recurrence/recurrence.ts";
import { texts } from "../../text/text.ts";
import { leapYear, monthLength } from "../../time/plain-date.ts";
import { Mistake } from "../errors.ts";
import {
  dayField,
  type Field,
  hourField,
  isoWeekday,
  minuteField,
  monthField,
  type ParsedField,
  readField,
  secondField,
  textsOf,
  weekdayField,
  wrong,
} from "./fields.ts";

/**
 * Reads a crontab expression: minute, hour, day of the month, month and weekday, with the second in front where there are
 * six fields.
 *
 *     ┌ minute 0-59       *        every one
 *     │ ┌ hour 0-23       1,5      a list                  L      last day of the month    L-2   two days before it
 *     │ │  ┌ day 1-31     9-17     a range; fri-mon too    15W    workday nearest to it    LW    last workday
 *     │ │  │ ┌ month      *\/5      every fifth             fri#2  second Friday            friL  last Friday
 *     0 9 1 * mon         5/15     5, 20, 35 …            ?      says nothing, as * does
 *
 * Weekdays are 0 to 7, Sunday is both 0 and 7; names of weekdays and months count in any case, in full or as three letters.
 * `@yearly @annually @monthly @weekly @daily @midnight @hourly` stand for a whole expression.
 *
 * A time whose hour or minute begins with `*` follows elapsed time through clock changes; others are fixed wall times.
 * Day of the month *or* weekday is enough where both are written, unless one of them begins with `*` (crontab(5), cronie).
 *
 * @throws ScheduleError `cron`, pointing at the mistake, with the whole expression put right where that is near.
 */
export const parseCron = (text: string): Recurrence => {
  if (typeof text !== "string" || text.length > longest) throw unreadable(text);
  try {
    return read(text);
  } catch (mistake) {
    throw mistake instanceof Mistake ? explained(text, clearer(text, mistake)) : mistake;
  }
};

/** A mistake that comes from the habits of another scheduler says so. */
const clearer = (text: string, mistake: Mistake): Mistake => {
  try {
    refuseOtherDialects(text, isRight);
    return mistake;
  } catch (better) {
    if (better instanceof Mistake) return better;
    throw better;
  }
};

const isRight = (text: string): boolean => {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
};

const longest = 256;

const read = (text: string): Recurrence => {
  const meant = nicknamed(text) ?? text;
  const at = fieldPlaces(meant);
  let next = 0;
  const field = (of: Field) => readField(meant, at[next++]!, at[next++]!, of);
  const seconds = at.length === 12 ? field(secondField).values : zero;
  const [minutes, hours] = [field(minuteField), field(hourField)];
  const dates = readDays(field(dayField), field(monthField), field(weekdayField));
  const times = fields({
    hours: hours.values,
    minutes: minutes.values,
    seconds,
    follows: hours.starred || minutes.starred ? "elapsed" : "wall",
  });
  return dates.length === 1
    ? calendar({ dates: dates[0], times })
    : union(...dates.map((on) => calendar({ dates: on, times })));
};

const zero = [0];

const unreadable = (given: unknown): ScheduleError =>
  new ScheduleError({
    code: "cron",
    what: texts().cron.about(texts().cron.expression),
    given,
    accepted: typeof given === "string" ? texts().phrases.atMostCharacters(longest) : texts().cron.example,
  });

const explained = (text: string, mistake: Mistake): ScheduleError => {
  const { what, accepted, start, end } = mistake;
  const right = corrected(text, mistake, mostCorrections);
  return new ScheduleError({
    code: "cron",
    what: texts().cron.about(what!),
    given: text,
    accepted: accepted as string,
    nearest: right && JSON.stringify(right),
    start,
    length: end - start,
  });
};

const mostCorrections = 8;

/** The text with its mistakes put right, one after the other; undefined when one cannot be, or there are too many. */
const corrected = (text: string, { nearest, start, end }: Mistake, most: number): string | undefined => {
  if (nearest === undefined || most === 0) return undefined;
  const better = text.slice(0, start) + nearest + text.slice(end);
  try {
    read(better);
    return better.trim();
  } catch (another) {
    if (another instanceof Mistake) return corrected(better, another, most - 1);
    throw another;
  }
};

/**
 * The expression a nickname stands for; undefined for a text that is none.
 *
 * @throws Mistake for one that is not known, with what to write for `@every` and `@reboot`.
 */
export const nicknamed = (text: string): string | undefined => {
  if (!text.includes("@")) return undefined;
  const found = /^\s*(@\S*)\s*/.exec(text);
  if (!found) return undefined;
  const nickname = found[1]!.toLowerCase();
  const rest = text.slice(found[0].length).trimEnd();
  const known = expressions.get(nickname);
  if (known === undefined) {
    const start = text.indexOf("@");
    throw wrong({
      what: texts().cron.nickname,
      accepted: advice(nickname, rest),
      start,
      end: start + nickname.length,
      instead: nearest(nickname, expressions.keys()),
    });
  }
  if (rest === "") return known;
  const [start, end] = [found[0].length, found[0].length + rest.length];
  const t = texts().cron;
  throw wrong({ what: t.nickname, accepted: t.nothingAfter(nickname), start, end, instead: "" });
};

const expressions: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const advice = (nickname: string, rest: string): string => {
  if (nickname === "@every") return texts().cron.every(`every(${JSON.stringify(rest || "5 minutes")})`);
  if (nickname === "@reboot") return texts().cron.reboot;
  return [...expressions.keys()].join(", ");
};

/**
 * Recognizes what other schedulers write around, before or behind a crontab expression, and says what to write instead.
 *
 * @param isRight whether a text is a right expression by itself
 * @throws Mistake
 */
export const refuseOtherDialects = (text: string, isRight: (text: string) => boolean): void => {
  const [start, end] = [text.length - text.trimStart().length, text.trimEnd().length];
  const body = text.slice(start, end);
  const t = texts().cron;
  const refuse = (accepted: string, from = start, to = end, instead?: string): never => {
    throw wrong({ what: t.expression, accepted, start: from, end: to, instead });
  };

  const moment = /^at\(\s*(.*?)\s*\)$/i.exec(body);
  if (moment) refuse(t.momentAs(`once(${JSON.stringify(moment[1])})`));
  const comment = /\s+#(?!\d).*$/.exec(body);
  if (comment) refuse(t.noComment, start + comment.index, end, "");

  const rate = /^rate\(\s*(.*?)\s*\)?$/i.exec(body);
  if (rate) refuse(t.interval(`every(${JSON.stringify(rate[1] || "5 minutes")})`));

  const call = /^cron\(\s*["']?(.*?)["']?\s*\)?$/i.exec(body);
  if (call) {
    const inside = call[1]!;
    const withoutYear = inside.replace(/\s+(?:[*?]|\d{4}(?:-\d{4})?)$/, "");
    const isAws = inside.split(/\s+/).length === 6 && isRight(withoutYear);
    const instead =
      isAws && !/\d/.test(withoutYear.split(/\s+/)[4]!) ? withoutYear : isAws ? undefined : inside;
    refuse(t.insideAlone + (isAws ? t.aws : ""), start, end, instead);
  }

  const zone = /^(?:CRON_)?TZ\s*=\s*["']?([^\s"']*)["']?\s*/i.exec(body);
  if (zone) {
    const rest = body.slice(zone[0].length);
    refuse(
      t.zoneBehind(`cron(${JSON.stringify(rest)}).in(${JSON.stringify(zone[1])})`),
      start,
      start + zone[0].trimEnd().length,
    );
  }

  const words = [...body.matchAll(/\S+/g)];
  const more = words[5];
  if (more && words.length >= 6) {
    const five = body.slice(0, more.index).trimEnd();
    const behind = body.slice(more.index);
    if (isBehind(behind) && isRight(five)) {
      const accepted = isZone(behind)
        ? t.zoneAs(`cron(${JSON.stringify(five)}).in(${JSON.stringify(behind)})`)
        : t.commandAs(`cron(${JSON.stringify(five)}).exec(…)`);
      refuse(accepted, start + more.index, end);
    }
  }

  const hash = words.find(([word]) => /^H(?:\(\d+-\d+\))?(?:\/\d+)?$/i.test(word));
  if (hash) refuse(t.jenkins, start + hash.index, start + hash.index + hash[0].length);

  const isPhrase =
    /^[^@]*(?:\b(?:every|each|at|(?:minute|hour|second|day|week|month)s?|\d+ ?[ap]m)\b|[每点分])/i.test(body);
  if (isPhrase) refuse(t.phraseAs(`when(${JSON.stringify(body)})`));
};

const isZone = (text: string): boolean => /^(?:UTC|GMT|[A-Za-z_]+\/[A-Za-z_][\w+/-]*)$/.test(text);

/** What no sixth field looks like: a zone, a path, several words with letters, a word that is no weekday. */
const isBehind = (text: string): boolean => {
  if (isZone(text) || /^(?:[/~$]|\.{1,2}\/)/.test(text)) return true;
  const [word = ""] = text.split(/\s/);
  if (!/[a-z]{2}/i.test(word)) return false;
  const names = word.match(/[a-z]+/gi) ?? [];
  return names.every(
    (name) => name.length > 2 && !weekdayField.names.has(name.toLowerCase()) && !isNearWeekday(name),
  );
};

const isNearWeekday = (name: string): boolean => {
  const plain = name.toLowerCase().replace(/l$/, "");
  return (
    weekdayField.names.has(plain) || nearest(name.toLowerCase(), weekdayField.names.keys()) !== undefined
  );
};

/**
 * Where each of the five or six fields begins and ends, one number after the other in one list.
 *
 * @throws Mistake for another number of fields.
 */
export const fieldPlaces = (text: string): readonly number[] => {
  const places: number[] = [];
  let inside = false;
  for (let at = 0; at <= text.length; at++) {
    const blank = at === text.length || isBlank(text, at);
    if (blank !== inside) continue;
    places.push(at);
    inside = !blank;
  }
  if (places.length > 10) refuseBrokenField(text, places);
  if (places.length < 10) throw tooFew(text, places);
  if (places.length > 12) throw tooMany(text, places);
  return places;
};

const isBlank = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code >= 128 && /\s/.test(text[at]!);
};

/** `mon, tue` and `1 - 5`: blanks that make one field look like several. */
const refuseBrokenField = (text: string, places: readonly number[]): void => {
  for (let i = 2; i < places.length; i += 2) {
    const [before, after] = [places[i - 1]!, places[i]!];
    if (/[,\-/#]$/.test(text.slice(0, before)) || /^(?:[,\-#]|\/\d)/.test(text.slice(after))) {
      const t = texts().cron;
      throw wrong({ what: t.expression, accepted: t.noBlanks, start: before, end: after, instead: "" });
    }
  }
};

const tooFew = (text: string, places: readonly number[]): Mistake => {
  const [start, end] = [places[0] ?? 0, places.at(-1) ?? text.length];
  const given = text.slice(start, end);
  // "0 9 * *" lacks its weekday, and "9 * * 1-5" its minute.
  const instead = places.length !== 8 ? undefined : given.endsWith("*") ? `${given} *` : `0 ${given}`;
  const t = texts().cron;
  return wrong({ what: t.expression, accepted: t.fiveFields, start, end, instead });
};

/**
 * A seventh field is Quartz's year. Quartz counts weekdays from 1 for Sunday, so where they are numbers, nothing is
 * proposed that would change their meaning unseen.
 */
const tooMany = (text: string, places: readonly number[]): Mistake => {
  const [start, end] = [places[12]!, places.at(-1)!];
  const [weekday, more] = [text.slice(places[10], places[11]), text.slice(start, end)];
  const isYear = /^(?:[*?]|\d{4}(?:-\d{4})?)$/.test(more);
  const t = texts().cron;
  return wrong({
    what: t.expression,
    accepted: t.fiveFields + (isYear ? t.quartzYear : t.noCommand),
    start,
    end,
    instead: /^[*?]$/.test(more) && !/\d/.test(weekday) ? "" : undefined,
  });
};

/**
 * The dates of the three fields that speak of days; a date needs to meet only one of them.
 *
 * Where both the day of the month and the weekday are restricted, either is enough: `0 9 1 * mon` is each 1st and each
 * Monday. But a field that begins with `*` restricts together with the other, never instead of it: day `*\/2` with `mon`
 * is the Mondays on odd days. Both as cronie does it. Where either is enough, a date that never comes, such as 30 February, leaves the weekdays.
 *
 * @throws Mistake for dates that never come, such as 30 February.
 */
export const readDays = (
  ofMonth: ParsedField,
  months: ParsedField,
  ofWeek: ParsedField,
): readonly Dates[] => {
  const inMonths: Dates = months.values ? { months: months.values } : {};
  const weekdays = ofWeek.values?.map(isoWeekday) ?? [];
  const openMonth = !ofMonth.values || new Set(ofMonth.values).size === 31;
  const openWeek = !ofWeek.values || new Set(weekdays).size === 7;
  const either = !ofMonth.starred && !ofWeek.starred;
  if ((openMonth && openWeek) || (either && (openMonth || openWeek))) return [inMonths];
  const days = openMonth ? [] : [...ofMonth.values.map(dayOfMonth), ...ofMonth.rules];
  const isNever = days.length > 0 && !isPossible(days, months.values ?? everyMonth);
  if (isNever && (openWeek || !either)) throw neverComes(months.values ?? everyMonth, ofMonth);
  if (openWeek) return [{ ...inMonths, days }];
  if (!either && days.length > 0) {
    refuseUnsayable(days, weekdays, ofMonth, ofWeek);
    return [{ ...inMonths, days, weekdays }];
  }
  const nths = ofWeek.rules.filter((rule) => rule.kind !== "nth" || !weekdays.includes(rule.weekday));
  if (isNever) days.splice(0, days.length, ...nths);
  else days.push(...nths);
  return [
    ...(days.length > 0 ? [{ ...inMonths, days }] : []),
    ...(weekdays.length > 0 ? [{ ...inMonths, weekdays }] : []),
  ];
};

const dayOfMonth = (day: number): DayRule => ({ kind: "day", day });

const everyMonth = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

const mostDays = (months: readonly number[]): number =>
  Math.max(...months.map((month) => monthLength(leapYear, month)));

const isPossible = (days: readonly DayRule[], months: readonly number[]): boolean =>
  days.some((rule) => !("day" in rule) || Math.abs(rule.day) <= mostDays(months));

const neverComes = (months: readonly number[], place: ParsedField): Mistake =>
  wrong({
    what: textsOf(dayField).name,
    accepted: texts().cron.never(mostDays(months)),
    start: place.start,
    end: place.end,
    instead: "L",
  });

const refuseUnsayable = (
  days: readonly DayRule[],
  weekdays: readonly number[],
  ofMonth: ParsedField,
  ofWeek: ParsedField,
): void => {
  if (ofWeek.rules.length > 0) {
    const [{ name: what }, { start, end }] = [textsOf(dayField), ofMonth];
    throw wrong({ what, accepted: texts().cron.starBesideRule, start, end, instead: "*" });
  }
  if (
    weekdays.every((weekday) => weekday > 5) &&
    days.every(({ kind }) => kind === "near" || kind === "workday")
  ) {
    const [{ name: what }, { start, end }] = [textsOf(weekdayField), ofWeek];
    throw wrong({ what, accepted: texts().cron.workdayBesideNear, start, end, instead: "*" });
  }
};
