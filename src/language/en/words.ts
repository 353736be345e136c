import { monthNames, weekdayNames } from "../../time/names.ts";
import { hour, minute, second } from "../../time/plain-time.ts";
import type { PartName, Unit, WeekdayWord } from "../clauses.ts";
import type { Vocabulary } from "../grammar.ts";

const each = <T>(meaning: T, ...spellings: readonly string[]): Record<string, T> =>
  Object.fromEntries(spellings.map((spelling) => [spelling, meaning]));

/** A short form, with and without its full stop. */
const short = <T>(meaning: T, ...spellings: readonly string[]): Record<string, T> =>
  each(meaning, ...spellings.flatMap((spelling) => [spelling, `${spelling}.`]));

const ones =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const firsts =
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split(
    " ",
  );

/** Numbers up to a thousand as words: "twenty-five", "a hundred and ten". */
const cardinals = (): Record<string, number> => {
  const below: [string, number][] = ones.map((word, n) => [word, n]);
  tens.forEach((ten, i) => {
    below.push([ten, (i + 2) * 10]);
    for (let n = 1; n < 10; n++)
      for (const joiner of ["-", " "]) below.push([`${ten}${joiner}${ones[n]}`, (i + 2) * 10 + n]);
  });
  const hundreds = [
    ["a hundred", 100] as const,
    ...ones.slice(1, 10).map((one, i) => [`${one} hundred`, (i + 1) * 100] as const),
  ];
  return Object.fromEntries([...below, ...hundreds]);
};

const ordinals = (): Record<string, number> => ({
  ...Object.fromEntries(firsts.map((word, i) => [word, i + 1])),
  twentieth: 20,
  thirtieth: 30,
  ...Object.fromEntries(
    ["twenty", "thirty"].flatMap((ten, i) =>
      firsts
        .slice(0, 9)
        .flatMap((one, n) => ["-", " "].map((joiner) => [`${ten}${joiner}${one}`, (i + 2) * 10 + n + 1])),
    ),
  ),
});

const elapsed = (length: number): Unit => ({ elapsed: length });
const weekdayWord = (days: number[], isPlural: boolean): WeekdayWord => ({ days, isPlural });

const weekday = (
  number: number,
  name: string,
  ...shorts: readonly string[]
): Record<string, WeekdayWord> => ({
  ...each(weekdayWord([number], false), name),
  ...short(weekdayWord([number], false), ...shorts),
  ...each(weekdayWord([number], true), `${name}s`),
});

const workdays = [1, 2, 3, 4, 5];
/** `"mon"`, `"thu"`, `"thur"`, `"thurs"`. */
const shortForms = (name: string): readonly string[] =>
  name === "may" ? [] : [name.slice(0, 3), ...(longerForms[name] ?? [])];
const longerForms: Readonly<Record<string, readonly string[]>> = {
  tuesday: ["tues"],
  wednesday: ["weds"],
  thursday: ["thur", "thurs"],
  september: ["sept"],
};

const workdayNames = ["weekday", "week day", "workday", "work day", "working day", "business day"];

const part = (name: PartName): Record<string, { part: PartName; isPlural: boolean }> => ({
  [name]: { part: name, isPlural: false },
  [`${name}s`]: { part: name, isPlural: true },
});

export const words = (): Vocabulary => ({
  cardinal: cardinals(),
  ordinal: ordinals(),
  unit: {
    ...each(elapsed(1), "ms", "millisecond", "milliseconds", "msec"),
    ...each(elapsed(second), "sec", "secs", "second", "seconds"),
    ...each(elapsed(minute), "min", "mins", "minute", "minutes"),
    ...each(elapsed(hour), "hr", "hrs", "hour", "hours"),
    ...each<Unit>({ every: 1, unit: "day" }, "day", "days"),
    ...each<Unit>({ every: 1, unit: "week" }, "week", "weeks", "wk", "wks"),
    ...each<Unit>({ every: 2, unit: "week" }, "fortnight", "fortnights"),
    ...each<Unit>({ every: 1, unit: "month" }, "month", "months"),
    ...each<Unit>({ every: 3, unit: "month", isQuarter: true }, "quarter", "quarters"),
    ...each<Unit>({ every: 1, unit: "year" }, "year", "years", "yr", "yrs"),
  },
  unitSign: {
    s: elapsed(second),
    m: elapsed(minute),
    h: elapsed(hour),
    d: { every: 1, unit: "day" },
    w: { every: 1, unit: "week" },
    y: { every: 1, unit: "year" },
  },
  weekday: {
    ...Object.assign({}, ...weekdayNames.map((name, i) => weekday(i + 1, name, ...shortForms(name)))),
    ...each(weekdayWord(workdays, false), ...workdayNames),
    ...each(weekdayWord(workdays, true), ...workdayNames.map((name) => `${name}s`)),
    ...each(weekdayWord([6, 7], false), "weekend", "week-end"),
    ...each(weekdayWord([6, 7], true), "weekends", "week-ends"),
  },
  month: Object.assign(
    {},
    ...monthNames.map((name, i) => ({ [name]: i + 1, ...short(i + 1, ...shortForms(name)) })),
  ),
  part: { ...part("morning"), ...part("afternoon"), ...part("evening"), ...part("night") },
  half: {
    ...each("am" as const, "am", "a.m.", "a.m", "a m", "a"),
    ...each("pm" as const, "pm", "p.m.", "p.m", "p m", "p"),
  },
  zoneWord: {
    ...each("UTC", "utc", "gmt", "z", "utc time", "gmt time", "coordinated universal time"),
    ...each("America/New_York", "eastern", "et", "us eastern"),
    ...each("America/Chicago", "central", "ct", "us central"),
    ...each("America/Denver", "mountain", "mt", "us mountain"),
    ...each("America/Los_Angeles", "pacific", "pt", "us pacific"),
  },
  zoneCode: Object.fromEntries(
    "cst ist bst est edt cdt mst mdt pst pdt cet cest eet eest wet west msk jst kst hkt sgt aest aedt acst awst nzst nzdt hst akst brt art sast wib pht pkt"
      .split(" ")
      .map((code) => [code, code.toUpperCase()]),
  ),
  vague: each(
    true,
    ..."few several some many around about approximately roughly sometimes occasionally often regularly frequently whenever soon later now and then ish maybe probably".split(
      " ",
    ),
  ),
});
