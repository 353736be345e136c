import { monthNames, weekdayNames } from "../../time/names.ts";
import { hour, minute, second } from "../../time/plain-time.ts";
import {
  amountOf,
  type Clock,
  cityZone,
  clocksClause,
  codedZone,
  type Excluded,
  everyDates,
  everyUnits,
  excludedDates,
  frequencyOf,
  type Half,
  just,
  offsetZone,
  type PartName,
  partClause,
  randomOf,
  rateUnit,
  severalTimesIn,
  steppedOf,
  sumOf,
  type Unit,
  type WeekdayWord,
  type Window,
  zoneClause,
  zoneOf,
} from "../clauses.ts";
import {
  aloneIn,
  anyMark,
  clockAt,
  clockOf,
  everyMark,
  fixedClock,
  fourDigitClock,
  halfClock,
  hourOf,
  inPart,
  listedMarks,
  markClause,
  marksBetween,
  minutesOf,
  momentWindow,
  moved,
} from "../clocks.ts";
import { around, isDated, monthDaysIn, scopedDays } from "../days.ts";
import { refuse, refuseAmbiguous } from "../errors.ts";
import { type Scan, scanWritten } from "../lexer.ts";
import { languageOf, type Patterns, row, say, type Vocabulary } from "../parser.ts";
import { days, everyNthDay, moments } from "./days.ts";

/** How often; what is left out; where; and in what manner. */
const clauses = {
  frequency: [
    say("{every} {amount}", ({ amount }) => frequencyOf(amount)),
    say("{every} {unit}", ({ unit }) => everyUnits(1, unit)),
    say("{every} {unit} and a half", ({ unit }) => everyUnits(1.5, unit)),
    say("{every} other {unit}", ({ unit }) => everyUnits(2, unit)),
    say("{every} {n:monthDay} {unit}", ({ n, unit }) => (n > 1 ? everyUnits(n, unit) : undefined)),
    say("{every} {from:count} (to|-) {to:count} ({unit}|{unit:unitSign})", ({ from, to, unit }) =>
      randomOf(from, to, unit),
    ),
    say("{every} {from:amount} (to|-) {to:amount} in steps of {step:amount}", ({ from, to, step }) =>
      steppedOf(from, to, step),
    ),
    say("on? ({every} alternate|alternate) {unit}", ({ unit }) => everyUnits(2, unit)),
    say("(at|in|with|on|{every})? {counted} (interval|intervals)", ({ counted }) => frequencyOf(counted)),
    say("(at|in|with)? (intervals of|an interval of) {amount}", ({ amount }) => frequencyOf(amount)),
    say("{every} {hour:count} {half}", ({ hour, half }) => dailyAt(halfClock({ hour }, half))),
    say("{every} {time:colons} {half}", ({ time, half }) => dailyAt(halfClock(time, half))),
    say("{every} (noon|midday)", () => dailyAt(fixedClock(12))),
    say("{every} midnight", () => dailyAt(fixedClock(0))),
    say("{every} {clocks:partClocks}", ({ clocks }) => (clocks.length > 1 ? dailyAt(...clocks) : undefined)),
    say("{timesOver} (on|{every})? {weekdays}", () => severalTimes(0, { every: 1, unit: "week" })),
    say("once? {unit:rhythm}", ({ unit }) => everyUnits(1, unit)),
    say("{every} {part}", ({ part }) => partClause(part, true)),
    say("{every} {part} {and} {other:part}", ({ part, other }) => dailyAt(aloneIn(part), aloneIn(other))),
    say("nightly", () => just({ kind: "part", part: "night", repeats: true })),
    say("{n:timesOver} (a|an|per|{every})? {unit}", ({ n, unit }) => severalTimes(n, unit)),
    say("{timesOver} ((in|{every}) {amount}|{every} other {unit})", () =>
      severalTimes(0, { every: 1, unit: "day" }),
    ),
    say("{every} {unit} {n:timesOver}", ({ n, unit }) => (n > 1 ? severalTimes(n, unit) : undefined)),
    say("{n:timesOver} {unit:rhythm}", ({ n, unit }) => severalTimes(n, unit)),
    say("{every}? {n:count} {of:unit} (a|an|per) {unit}", ({ n, of, unit }) =>
      severalTimes(rateUnit(of) === "day" && rateUnit(unit) === "week" ? n : 0, unit),
    ),
    say("{unclear}", ({ unclear }) => refuseAmbiguous(unclear)),
  ],
  timesOver: [
    say("(twice|two times)", () => 2),
    say("thrice", () => 3),
    say("{n:count} (times|x)", ({ n }) => n),
  ],
  exclusion: [
    say("{every} {n:monthDay} day {scope}?", ({ n, scope }) => everyNthDay(n, scope?.months)),
    say("{out:datesOut}", ({ out }) => excludedDates(out)),
    say("{out:datesOut}? from {from:month} {upTo} {to:month}", ({ out, from, to }) =>
      excludedDates({ ...out, months: around(from, to, 12) }),
    ),
    say("{out:datesOut} (in|of) {months}", ({ out, months }) => excludedDates({ ...out, months })),
    say("{every}? {which} {scope}", ({ which, scope }) => {
      const [first, ...more] = scopedDays(which, scope);
      return first?.kind === "days" && more.length === 0 ? excludedDates(first.dates) : undefined;
    }),
    say("the? {day:unitEdge} {scope}", ({ day, scope }) => {
      const [first] = monthDaysIn([day], scope);
      return first?.kind === "days" ? excludedDates(first.dates) : undefined;
    }),
    say("{every}? {months}", ({ months }) => excludedDates({ months })),
    say("{day:thatDay}", ({ day }): Excluded => ({ kind: "days", from: day, to: day })),
    say(
      "(from|between)? the? {from:day} (to|until|till|through|thru|-|and) the? {to:day}",
      ({ from, to }): Excluded | undefined =>
        isDated(from) && isDated(to) ? { kind: "days", from, to } : undefined,
    ),
    say("at {clock:hour}", ({ clock }): Excluded => ({ kind: "clocks", clocks: [clock] })),
    say("{clocks}", ({ clocks }): Excluded => ({ kind: "clocks", clocks })),
    say("{window}", ({ window }): Excluded => ({ kind: "window", window })),
  ],
  exclusions: row("exclusions", "exclusion", "({and}|or|, or) (on|at|in|for|during)? the?"),
  except: [
    say(
      "(except|except for|but not|but|excluding|other than|apart from|not) (on|at|in|for|during)? the? {not:exclusions}",
      ({ not }) => just({ kind: "except", not }),
    ),
    say(
      "(except|except for|but not|but|excluding|not) at? {clocks} (on|every)? the? {weekdays}",
      ({ clocks, weekdays }) =>
        just({ kind: "except", not: [{ kind: "clocks", clocks, weekdays: weekdays.days }] }),
    ),
  ],
  zone: [
    say("{name:zoneName} time?", ({ name }) => zoneOf(name)),
    say("{offset} time?", ({ offset }) => offsetZone(offset)),
    say("{zone:zoneWord} (time|standard time|daylight time)?", ({ zone }) => zone),
    say("{city} time", ({ city }) => cityZone(city)),
    say("{code:zoneCode}", ({ code }) => codedZone(code)),
  ],
  inZone: [
    say("on {name:zoneName} time?", ({ name }) => zoneClause(zoneOf(name))),
    say("((in|using)? the? {zone} (timezone|time zone|zone)?|\\( {zone} \\)|[ {zone} ])", ({ zone }) =>
      zoneClause(zone),
    ),
  ],
  manner: [
    say("in elapsed time", () => just({ kind: "elapsed" })),
    say("(aligned to the clock|on the clock|aligned)", () => just({ kind: "aligned" })),
    say("counted? from the end of the (last|previous) run", () => just({ kind: "spaced" })),
  ],
} satisfies Patterns;

const dailyAt = (...clocks: readonly Clock[]) => [...everyDates(1, "day"), ...clocksClause(...clocks)];

/** What people may mean who say "twice a day": an interval, or times. */
const severalTimes = severalTimesIn({
  evenly: (n, unit) => `every ${n} ${unit}s`,
  hour: (minutes) => `every hour at minutes ${minutes.join(", ").replace(/, (\d+)$/, " and $1")}`,
  day: ["every day at 9am and 9pm", "every day at 8am, 1pm and 6pm", "every day at 8am, noon, 4pm and 8pm"],
  week: [
    "every monday and thursday",
    "every monday, wednesday and friday",
    "every monday, tuesday, thursday and friday",
    "every weekday",
    "every monday to saturday",
    "every day",
  ],
  month: ["on the 1st and 15th of every month", "on the 1st, 11th and 21st of every month"],
  year: ["every january 1 and july 1"],
});

const numbers = {
  and: [say("(, and|,|and|&|, &|as well as|plus)", () => true as const)],
  to: [say("(to|-|through|thru|~)", () => true as const)],
  /** Also where no end is meant: "from may until june" is a range. */
  upTo: [say("({to}|till|til|until|up to)", () => true as const)],
  every: [
    say(
      "(every single?|each single?|each and every|(once|one time) (every|each|per|a|an))",
      () => true as const,
    ),
  ],
  count: [
    say("({n:digits}|{n:cardinal})", ({ n }) => n),
    say("{n:cardinal} and? {rest:cardinal}", ({ n, rest }) =>
      n > 0 && n % 100 === 0 && rest < 100 ? n + rest : undefined,
    ),
  ],
  number: [
    say("{count} (and a half|and? 1/2)", ({ count }) => count + 0.5),
    say("{count} and? 1/4", ({ count }) => count + 0.25),
    say("{count} and? 3/4", ({ count }) => count + 0.75),
    say("({n:count}|{n:decimal})", ({ n }) => n),
  ],
  amount: [
    say("({counted} (and|, and) {rest:amount}|{counted} ,? {rest:countedRow})", ({ counted, rest }) =>
      sumOf(counted, rest),
    ),
    say("{counted}", ({ counted }) => counted),
    say("(a|an) {unit} and {rest:amount}", ({ unit, rest }) => sumOf(amountOf(1, unit), rest)),
    say("(a|an) {unit} and a half", ({ unit }) => amountOf(1.5, unit)),
    say("{n:count} {unit} and a half", ({ n, unit }) => amountOf(n + 0.5, unit)),
    say("(a|an) {unit}", ({ unit }) => amountOf(1, unit)),
    say("(a? half (-|a|an|of a|of an)?|1/2 (a|an|of a|of an)?) {unit}", ({ unit }) => amountOf(0.5, unit)),
    say("(a|one)? quarter (-|of a|of an|an)? {unit}", ({ unit }) => quartersOf(1, unit)),
    say("three quarters of an {unit}", ({ unit }) => quartersOf(3, unit)),
  ],
  counted: [
    say("({number} -? {unit}|{number} {unit:unitSign})", ({ number, unit }) => amountOf(number, unit)),
  ],
  /** "2 hours 30 minutes", but not "20 minutes an hour". */
  countedRow: [
    say("{counted} ((and|,|, and)? {rest:countedRow})?", ({ counted, rest }) =>
      rest ? sumOf(counted, rest) : counted,
    ),
  ],
} satisfies Patterns;

const quartersOf = (count: number, unit: Unit) =>
  "elapsed" in unit && unit.elapsed === hour
    ? amountOf(count / 4, unit)
    : refuse("interval", (t) => t.quarterHour);

/** Times of day: alone, in lists, in windows, and minutes of the hour. */
const clocks = {
  face: [
    say("({time:colons}|{time:dotted}|{time:threeDigits}|{time:fourDigits}) {half}", ({ time, half }) =>
      halfClock(time, half),
    ),
    say("({time:colons}|{time:dotted}|{time:fourDigits} (hours|hrs))", ({ time }) => clockAt(time)),
    say("{n:cardinal} {m:cardinal} {half}?", ({ n, m, half }) =>
      m >= 10 ? spelledClock(n, m, half) : undefined,
    ),
    say("{n:cardinal} (oh|o) {m:cardinal} {half}?", ({ n, m, half }) =>
      m < 10 ? spelledClock(n, m, half) : undefined,
    ),
    say("{time:fourDigits}", ({ time }) => fourDigitClock(time)),
    say("{hour:count} (o'clock|oclock|o clock|o' clock)? {half}", ({ hour, half }) =>
      halfClock({ hour }, half),
    ),
    say("{hour:count} (o'clock|oclock|o clock|o' clock)", ({ hour }) => openedBy(hourOf(hour))),
    say("(noon|midday|12 noon|12 midday|12:00 noon|12:00 midday|twelve noon)", () => fixedClock(12)),
    say("(midnight|12 midnight|12:00 midnight|twelve midnight)", () => fixedClock(0)),
    say("half past {hour}", ({ hour }) => moved(hour, 30)),
    say("a? quarter (past|after) {hour}", ({ hour }) => moved(hour, 15)),
    say("a? quarter (to|before|till|til) {hour}", ({ hour }) => moved(hour, -15)),
    say("{n:count} (minutes|minute|mins|min)? (past|after) {hour}", ({ n, hour }) => moved(hour, n)),
    say(
      "({n:cardinal} (minutes|minute)?|{n:digits} (minutes|minute|mins|min)) (to|before|till|til) {hour}",
      ({ n, hour }) => moved(hour, -n),
    ),
    say("{n:count}", ({ n }) => (n < 100 ? hourOf(n) : undefined)),
  ],
  hour: [
    say("{face} (in|during) the? {part}", ({ face, part }) => inPart(face, part)),
    say("{face} (sharp|exactly|on the dot)", ({ face }) => openedBy(face)),
    say("{face} at night", ({ face }) => inPart(face, night)),
    say("{face}", ({ face }) => face),
  ],
  clock: [say("{hour}", ({ hour }) => (hour.open === "hour" || hour.isYearLike ? undefined : hour))],
  openClocks: row("openClocks", "hour", "{and} (at|@)?"),
  clocks: [
    say(
      "({clock} {and} (at|@)? {more:openClocks}|{clock:hour} {and} (at|@)? {more:clocks})",
      ({ clock, more }) => [clock, ...more],
    ),
    say("{clock}", ({ clock }) => [clock]),
  ],
  partClocks: [
    say("{part} (at|@) {hour} ({and} {more:partClocks})?", ({ part, hour, more = [] }) => [
      inPart(hour, part),
      ...more,
    ]),
  ],
  window: [
    say("between {from:hour} and {to:hour} the same day", ({ from, to }) => momentWindow(from, to)),
    say(
      "(from {from:hour} {upTo} {to:hour}|between (the hours of)? {from:hour} (and|&|to|-|~) {to:hour}|{from:clock} {upTo} {to:hour}|{from:hour} {upTo} {to:clock}) {next:nextDay}?",
      ({ from, to, next }): Window => ({ from, to: next ? { ...to, isNextDay: true } : to }),
    ),
  ],
  nextDay: [say("(of|on)? the? (next|following) (day|morning)", () => true as const)],
  windows: row("windows", "window", "({and}|or)"),
  inWindow: [
    say("(while|when|if) it is {windows}", ({ windows }) => just({ kind: "within", windows })),
    say("(only|during|within)? {windows}", ({ windows }) => just({ kind: "windows", windows })),
  ],
  atTimes: [
    say("((at|@) {clocks:openClocks}|{clocks})", ({ clocks }) => clocksClause(...clocks)),
    say("(in|during) the? {part}", ({ part }) => partClause(part)),
    say("at night", () => just({ kind: "part", part: "night", repeats: false })),
    say("{part}", ({ part }) => (part.isPlural ? partClause(part) : undefined)),
    say("on the same day", () => just({ kind: "sameDay" })),
    say("at the same time (of day)?", () => just({ kind: "sameTime" })),
  ],
  minute: [
    say("{n:count}", ({ n }) => (n < 60 ? n : undefined)),
    say("(a quarter|quarter)", () => 15),
    say("half", () => 30),
  ],
  minutes: row("minutes", "minute"),
  colonMinutes: row("colonMinutes", "colonMinute", "{and} at?"),
  atMinutes: [
    say("(on the hour|at? the? top of {hour:eachHour})", () => ofHour([0])),
    say("(at? the? bottom of {hour:eachHour}|(on|at) the half hour)", () => ofHour([30])),
    say("(on|at) the (quarter hour|quarter-hour)", () => ofHour([0, 15, 30, 45])),
    say("at? {minutes:colonMinutes}", ({ minutes }) => just({ kind: "minutes", minutes })),
    say("at? {minutes:colonMinutes} (past|after) {each:eachHour}", ({ minutes }) => ofHour(minutes)),
    say("(at|on)? (minute|minutes|min|mins) {list:markList} {each:pastHour}?", ({ list }) => ofHour(list)),
    say("(at|on)? the? {nths} minute {each:pastHour}?", ({ nths }) =>
      nths.every((n) => n > 0) ? ofHour(nths) : undefined,
    ),
    say(
      "(at? {minutes} (minutes|minute|mins|min)? (past|after) {each:eachHour}|at {minutes} (minutes|minute|mins|min)? (past|after))",
      ({ minutes }) => ofHour(minutes),
    ),
    say("at? {minutes} (minutes|minute|mins|min)? (to|before|till) {each:eachHour}", ({ minutes }) =>
      ofHour(minutes.map((n) => (60 - n) % 60)),
    ),
    say("on the minute", () => minutesOf("minute", [0])),
    say("(at|on)? (second|seconds|sec|secs) {list:markList} ((of|past) {every} minute)?", ({ list }) =>
      minutesOf("minute", list),
    ),
  ],
  eachHour: [say("({every}|the) hour", () => true as const)],
  pastHour: [say("(of|past|after|in) {each:eachHour}", () => true as const)],
} satisfies Patterns;

/** "nine thirty", "nine oh five pm" */
const spelledClock = (hour: number, minute: number, half: Half | undefined): Clock | undefined => {
  if (hour > 23 || minute > 59) return undefined;
  return half ? halfClock({ hour, minute }, half) : clockOf(hour, minute);
};

/** "o'clock" makes a bare hour clear, but not which half of the day it is in. */
const openedBy = (hour: Clock): Clock => (hour.open ? { ...hour, open: "minutes" } : hour);

const night = { part: "night" } as const;
const ofHour = (minutes: readonly number[]) => minutesOf("hour", minutes);

/** Hours, minutes and seconds as the clock shows them: "at minutes 0 and 30 of hours 9 to 17". */
const marks = {
  markRange: [say("{from:digits} ((to|-) {to:digits})?", ({ from, to }) => marksBetween(from, to))],
  markList: row("markList", "markRange"),
  hourMarks: [
    say("(of|during) (hour|hours) {list:markList}", ({ list }) => listedMarks(list)),
    say("of {every} hour", () => anyMark),
    say("of {every} {n:monthDay} hour", ({ n }) => everyMark(n, 24)),
  ],
  minuteMarks: [
    say("(of|during) (minute|minutes) {list:markList}", ({ list }) => listedMarks(list)),
    say("of {every} minute", () => anyMark),
    say("of {every} {n:monthDay} minute", ({ n }) => everyMark(n, 60)),
  ],
  eachMinute: [
    say("at? (minute|minutes) {list:markList}", ({ list }) => listedMarks(list)),
    say("{every} minute", () => anyMark),
    say("{every} {n:count} minutes", ({ n }) => everyMark(n, 60)),
  ],
  eachSecond: [
    say("at? (second|seconds) {list:markList}", ({ list }) => listedMarks(list)),
    say("{every} second", () => anyMark),
    say("{every} {n:count} seconds", ({ n }) => everyMark(n, 60)),
  ],
  atMarks: [
    say("{minutes:eachMinute} {hours:hourMarks}", ({ minutes, hours }) => markClause(hours, minutes)),
    say(
      "{seconds:eachSecond} {minutes:minuteMarks} {hours:hourMarks}?",
      ({ seconds, minutes, hours = anyMark }) => markClause(hours, minutes, seconds),
    ),
  ],
} satisfies Patterns;

const cityShape = /[a-z]+(?:[ .'-][a-z]+){0,3}?(?= time(?![a-z]))/y;

/** Cities are found by the word behind them: "paris time". */
const scan: Scan = (text, at) => {
  const written = scanWritten(text, at);
  if (!text.includes(" time")) return written;
  cityShape.lastIndex = at;
  const city = cityShape.exec(text)?.[0];
  return city ? [...written, { kind: "city", meaning: city, end: at + city.length }] : written;
};

export const english = languageOf({
  speaks: () => true,
  words: () => words(),
  patterns: { ...numbers, ...clocks, ...marks, ...days, ...moments, ...clauses },
  scan,
  fillers: [],
  unitOnly:
    /(?<=\b(?:every|each|per|once an?) (?:single )?)second(?=$|[;)]|,(?! (?:and )?(?:the )?(?:\d+(?:st|nd|rd|th)|third|fourth|fifth|last)\b)| (?:in|on|at|from|between|during|throughout|while|until|till|starting|beginning|for|except|aligned|counted|of(?! (?:the|an?|every|each)\b))\b)/g,
  joiners: [", and", "and", "&", ";", "; and", "plus", "as well as", ", plus"],
  every: "every ",
  on: "on ",
  except: "except ",
  name: "en",
  leadIn:
    /^(?:(?:please|run|runs|repeat|repeats|execute|executes|fire|fires|trigger|triggers|schedule|schedules|remind me|notify me|wake me(?: up)?|set (?:an|the) alarm for|alarm)(?: it)?,? )+/,
  task: {
    shape:
      /^(?:to|that|about|send|call|check|clean|clear|delete|back ?up|sync|fetch|collect|download|upload|post|write|read|update|remind|notify) [a-z]/,
    accepted: "the schedule alone; what to do goes into .do(…)",
  },
  unsupported: [
    [
      /\b(?:lunar|full moon|new moon|chinese new year|ramadan)\b/,
      "days of our calendar; lunar dates are not supported",
    ],
    [
      /\b(?:public |bank |national |legal )?holidays?\b/,
      'a chain for holidays: import { holidays } from "onthedot/holidays", then .except(holidays("DE"))',
    ],
    [
      /\b(?:easter|christmas|thanksgiving|new year'?s)\b/,
      'a date, such as "december 25", or .except(holidays("DE")) from "onthedot/holidays"',
    ],
    [
      /\b(?:sunrise|sunset|dawn|dusk)\b/,
      'a time of day such as "6:30"; sunrise and sunset are not supported',
    ],
    [/\b(?:weeks? \d+|calendar week|week of the year)\b/, "a date; weeks of the year are not supported"],
    [
      /^[@*?]|^[\d*/,?-]+ [\d*/,?-]+ /,
      'words such as "every day at 9"; for a cron expression, use cron("…")',
    ],
    [
      /(?![a-z])\p{L}|\b(?:jeden|jede|täglich|uhr|todos?|cada|chaque|tous|les|jours|heures|ogni|dias|lunes|montags?|lundi)\b/u,
      "English or Chinese; phrases in other languages are not read",
    ],
  ],
  opens: (text) => openers.test(text),
});

/** Words that begin a phrase by themselves, so that "every" and "on" are not put in front of them. */
const openers =
  /^(?:(?:every|each|any|on|once|twice|thrice|daily|everyday|nightly|hourly|weekly|monthly|quarterly|yearly|annually|fortnightly|half-hourly|at|in|from|between|starting|beginning|until|except|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)days|(?:week|work|working |business )days|weekends|mornings|afternoons|evenings|nights)(?![a-z])|\()/;

const each = <T>(meaning: T, ...spellings: readonly string[]): Record<string, T> =>
  Object.fromEntries(spellings.map((spelling) => [spelling, meaning]));

const ones =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const firsts =
  "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

/** "twenty-five", "twenty five", "twenty-fifth": what is made of a ten and a word for 1 to 9. */
const joined = (tens: readonly string[], words: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    tens.flatMap((ten, i) =>
      words
        .slice(1, 10)
        .flatMap((word, n) => ["-", " "].map((joiner) => [ten + joiner + word, (i + 2) * 10 + n + 1])),
    ),
  );

const numbered = (words: readonly string[], size = 1, first = 0): Record<string, number> =>
  Object.fromEntries(words.map((word, i) => [word, (i + first) * size]));

/** Numbers up to a thousand as words: "twenty-five", "a hundred"; "a hundred and ten" is two of them. */
const cardinals = (): Record<string, number> => ({
  ...numbered(ones),
  ...numbered(tens, 10, 2),
  ...joined(tens, ones),
  "a hundred": 100,
  ...numbered(
    ones.slice(1, 10).map((one) => `${one} hundred`),
    100,
    1,
  ),
});

const ordinals = (): Record<string, number> => ({
  ...numbered(firsts.slice(1), 1, 1),
  twentieth: 20,
  thirtieth: 30,
  ...joined(["twenty", "thirty"], firsts),
});

const elapsed = (length: number): Unit => ({ elapsed: length });
const weekday = (days: readonly number[], ...names: readonly string[]): Record<string, WeekdayWord> => ({
  ...each({ days, isPlural: false }, ...names),
  ...each({ days, isPlural: true }, ...names.map((name) => `${name}s`)),
});

/** `"mon"`, `"thu"`, `"thur."` */
const shortForms = (name: string): readonly string[] =>
  name === "may"
    ? []
    : [name.slice(0, 3), ...(longerForms[name] ?? [])].flatMap((form) => [form, `${form}.`]);
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

const words = (): Vocabulary => ({
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
  rhythm: {
    hourly: elapsed(hour),
    "half-hourly": elapsed(hour / 2),
    ...each<Unit>({ every: 1, unit: "day" }, "daily", "everyday", "day by day"),
    weekly: { every: 1, unit: "week" },
    fortnightly: { every: 2, unit: "week" },
    monthly: { every: 1, unit: "month" },
    quarterly: { every: 3, unit: "month", isQuarter: true },
    ...each<Unit>({ every: 1, unit: "year" }, "yearly", "annually"),
  },
  unclear: {
    ...each(["every 2 weeks", "every monday and thursday"], "biweekly", "bi-weekly", "bi weekly"),
    ...each(["every 2 months", "the 1st and 15th of every month"], "bimonthly", "bi-monthly", "bi monthly"),
    ...each(
      ["every 2 years", "every 6 months"],
      ..."biannually biannual bi-annually biyearly bi-yearly biennially biennial".split(" "),
    ),
    ...each(["every monday and thursday", "every 84 hours"], "semiweekly", "semi-weekly"),
    ...each(
      ["the 1st and 15th of every month", "the 15th and last day of every month"],
      ..."semimonthly semi-monthly".split(" "),
    ),
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
    ...Object.assign({}, ...weekdayNames.map((name, i) => weekday([i + 1], name))),
    ...Object.assign(
      {},
      ...weekdayNames.map((name, i) => each({ days: [i + 1], isPlural: false }, ...shortForms(name))),
    ),
    ...weekday([1, 2, 3, 4, 5], ...workdayNames),
    ...weekday([6, 7], "weekend", "week-end"),
  },
  month: Object.assign({}, ...monthNames.map((name, i) => each(i + 1, name, ...shortForms(name)))),
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
    "now and then",
    ..."few several some many around about approximately roughly sometimes occasionally often regularly frequently whenever soon later ish maybe probably".split(
      " ",
    ),
  ),
});
