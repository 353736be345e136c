import { hour, minute, second } from "../../time/plain-time.ts";
import {
  type Amount,
  amountOf,
  type Clock,
  clocksClause,
  codedZone,
  daysClause,
  type Excluded,
  everyDates,
  everyUnits,
  excludedDates,
  frequencyOf,
  just,
  offsetZone,
  type PartName,
  type PartWord,
  partClause,
  randomOf,
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
  listedMarks,
  markClause,
  marksBetween,
  minutesOf,
  momentWindow,
  moved,
  partFirst,
} from "../clocks.ts";
import { isDated } from "../days.ts";
import { refuse } from "../errors.ts";
import { type Scan, type Scanned, scanWritten } from "../lexer.ts";
import { languageOf, type Patterns, row, say, type Vocabulary } from "../parser.ts";
import { days, moments } from "./days.ts";
import { weekdayChars, zoneNames } from "./write.ts";

/** How often; what is left out; where; and in what manner. */
const clauses = {
  frequency: [
    say("(每 {amount} 一次?|{amount} (一次|执行一次|运行一次))", ({ amount }) => frequencyOf(amount)),
    say("(每隔|隔) {amount} 一次?", ({ amount }) => frequencyOf(everyOther(amount))),
    say("{every} {unit}", ({ unit }) => everyUnits(1, unit)),
    say("每刻钟", () => everyUnits(15, { elapsed: minute })),
    say("(每月|每一月)", () => everyDates(1, "month")),
    say("隔 个? {unit}", ({ unit }) => ("elapsed" in unit ? undefined : everyUnits(2, unit))),
    say("隔月", () => everyDates(2, "month")),
    say("(天天|日日)", () => everyDates(1, "day")),
    say("(周周)", () => everyDates(1, "week")),
    say("每 {from:count} {to} {until:count} 个? {unit}", ({ from, until, unit }) =>
      randomOf(from, until, unit),
    ),
    say("每 {amount} 的 每天", ({ amount }) => [...frequencyOf(amount), ...everyWeekday]),
    say("{every} {unit} 的 每天", ({ unit }) => [...everyUnits(1, unit), ...everyWeekday]),
    say("每月 的 每天", () => [...everyDates(1, "month"), ...everyWeekday]),
    say("每 {from:amount} {to} {until:amount} ,? 以 {step:amount} 为单位", ({ from, until, step }) =>
      steppedOf(from, until, step),
    ),
    say("每 {part}", ({ part }) => partClause(part, true)),
    say("{every} {unit} {n:count} 次", ({ n, unit }) => severalTimes(n, unit)),
    say("每月 {n:count} 次", ({ n }) => severalTimes(n, { every: 1, unit: "month" })),
    say("({amount} {n:count} 次|{n:count} 次 {amount})", ({ amount: { elapsed, every, unit }, n }) =>
      n > 1 ? severalTimes(n, unit ? { every, unit } : { elapsed }) : undefined,
    ),
    say("(每|每个|一)? (周|星期|礼拜) {n:count} 天", ({ n }) =>
      severalTimes(n === 1 ? 0 : n, { every: 1, unit: "week" }),
    ),
    say("(每月|每个月|一个月) {n:count} 天", () => severalTimes(0, { every: 1, unit: "month" })),
    say("(每年|一年) {n:count} 天", () => severalTimes(0, { every: 1, unit: "year" })),
    say("(每天|每小时|一天|一小时) {n:count} 个? {unit}", ({ unit }) =>
      "elapsed" in unit ? severalTimes(0, { every: 1, unit: "day" }) : undefined,
    ),
    say("(周|每 (周|星期|礼拜)) {n:count}", ({ n }) =>
      n === 0 || n > 6 ? refuse("date", (t) => t.kinds.weekday) : undefined,
    ),
  ],
  exclusion: [
    say("{out:datesOut}", ({ out }) => excludedDates(out)),
    say("每年? 的? {months} 的? {out:datesOut}", ({ months, out }) => excludedDates({ ...out, months })),
    say("(每年)? 的? {months}", ({ months }) => excludedDates({ months })),
    say("{day:thatDay}", ({ day }): Excluded => ({ kind: "days", from: day, to: day })),
    say("从? {from:day} (到|至|-|~) {to:day} (之间|期间)?", ({ from, to }): Excluded | undefined =>
      isDated(from) && isDated(to) ? { kind: "days", from, to } : undefined,
    ),
    say("{clocks:joinedClocks}", ({ clocks }): Excluded => ({ kind: "clocks", clocks })),
    say("{window}", ({ window }): Excluded => ({ kind: "window", window })),
  ],
  exclusions: row("exclusions", "exclusion", "(和|、|及|与|以及|还有|或)"),
  except: [
    say(
      "((除|除了|除去|但除了) 在? {not:exclusions} (之外|以外|外)? (都|以外)?|(但|但是)? (不包括|不含|不包含|排除|去掉|不在) {not:exclusions})",
      ({ not }) => just({ kind: "except", not }),
    ),
    say("(除|除了|除去|但除了) 在? {clocks} (之外|以外|外)? (都|以外)?", ({ clocks }) =>
      just({ kind: "except", not: [{ kind: "clocks", clocks }] }),
    ),
  ],
  leftOut: [
    say("但? 在? {not:exclusions} (除外|不算|不执行|不运行)", ({ not }) => just({ kind: "except", not })),
    say(
      "但? 在? {every}? {weekdays} 的? {clocks:joinedClocks} (除外|不算|不执行|不运行)",
      ({ weekdays, clocks }) =>
        just({ kind: "except", not: [{ kind: "clocks", clocks, weekdays: weekdays.days }] }),
    ),
  ],
  zone: [
    say("{name:zoneName} 时间?", ({ name }) => zoneOf(name)),
    say("{offset} 时间?", ({ offset }) => offsetZone(offset)),
    say("{zone:zoneWord} (时间|时区|时)", ({ zone }) => zone),
    say("(utc|gmt|z)", () => "UTC"),
    say("{code:zoneCode} 时间?", ({ code }) => codedZone(code)),
  ],
  inZone: [
    say("((按|按照|以|用)? {zone} (时区)?|\\( {zone} \\)|[ {zone} ])", ({ zone }) => zoneClause(zone)),
  ],
  manner: [
    say("按实际经过的时间", () => just({ kind: "elapsed" })),
    say("(与时钟对齐|对齐时钟|对齐整点|按整点对齐)", () => just({ kind: "aligned" })),
    say("从上次运行结束 (时|后)? (算起|开始算|计算)", () => just({ kind: "spaced" })),
  ],
} satisfies Patterns;

/** 每隔一天 leaves one day out; with larger numbers it says no more than 每. */
const everyOther = (amount: Amount): Amount =>
  amount.unit && amount.every === 1 && amount.elapsed === 0 ? { ...amount, every: 2 } : amount;

/** On every day of the units that count: 每2个月的每天. */
const everyWeekday = daysClause({ weekdays: [1, 2, 3, 4, 5, 6, 7] });

const severalTimes = severalTimesIn({
  evenly: (n, unit) => `每${n}${{ second: "秒", minute: "分钟", hour: "小时", month: "个月" }[unit]}`,
  day: ["每天9点和21点", "每天8点、13点和18点", "每天8点、12点、16点和20点"],
  week: ["每周一和周四", "每周一、三、五", "每周一、二、四、五", "每个工作日", "每周一到周六", "每天"],
  month: ["每月1号和15号", "每月1号、11号和21号"],
  year: ["每年1月1日和7月1日"],
});

const numbers = {
  and: [say("(和|、|及|与|以及|还有|跟|&)", () => true as const)],
  to: [say("(到|至|-|~)", () => true as const)],
  every: [say("(每|每个|每逢|逢|每到|每一|每一个)", () => true as const)],
  count: [say("({n:digits}|{n:cardinal})", ({ n }) => n)],
  number: [say("({n:count}|{n:decimal})", ({ n }) => n)],
  amount: [
    say("{count} 个? {unit} 零? {rest:amount}", ({ count, unit, rest }) =>
      sumOf(amountOf(count, unit), rest),
    ),
    say("{count} (个半 {unit}|{unit} 半)", ({ count, unit }) => amountOf(count + 0.5, unit)),
    say("({number} 个? {unit}|{number:count} {unit:unitSign})", ({ number, unit }) => amountOf(number, unit)),
    say("半 个? {unit}", ({ unit }) => amountOf(0.5, unit)),
    say("{count} 刻钟", ({ count }) =>
      count <= 3 ? amountOf(15 * count, { elapsed: minute }) : refuse("interval", (t) => t.quarterHour),
    ),
  ],
} satisfies Patterns;

/** Times of day: alone, in lists, in windows, and minutes of the hour. */
const clocks = {
  face: [
    say("{time:colons} {half}", ({ time, half }) => halfClock(time, half)),
    say("{time:colons}", ({ time }) => clockAt(time)),
    say("{time:fourDigits}", ({ time }) => fourDigitClock(time)),
    say("{hour:digits} {half}", ({ hour, half }) => halfClock({ hour }, half)),
    say("{n:count} (点|时) {m:count} 分 {s:count} 秒", ({ n, m, s }) => clockOf(n, m, s)),
    say("{n:count} (点|时) ({m:count} 分|{m:twoDigits})", ({ n, m }) => clockOf(n, m)),
    say("{n:count} (点|时) {m:cardinal}", ({ n, m }) => (m >= 10 ? clockOf(n, m) : undefined)),
    say("{n:count} (点|时) 零 {m:cardinal}", ({ n, m }) => (m < 10 ? clockOf(n, m) : undefined)),
    say("{n:count} (点|时) 半", ({ n }) => clockOf(n, 30)),
    say("{n:count} (点|时) {quarters:count} 刻", ({ n, quarters }) =>
      quarters === 1 || quarters === 3
        ? clockOf(n, 15 * quarters)
        : refuse("time-of-day", (t) => t.quarterHour),
    ),
    say("{n:count} (点|时|点钟|点整|点正|时整)", ({ n }) => hourOf(n)),
    say("差 {m:count} 分 钟? {hour}", ({ m, hour }) => moved(hour, -m)),
    say("差一刻 {hour}", ({ hour }) => moved(hour, -15)),
    say("(正午|中午)", () => fixedClock(12)),
    say("(午夜|午夜12点|午夜十二点)", () => fixedClock(0)),
  ],
  hour: [
    say("(次日|第二天|翌日|隔天) 的? {hour}", ({ hour }): Clock => ({ ...hour, isNextDay: true })),
    say("{part} 的? {face}", ({ part, face }) => partFirst(part, face)),
    say("{face}", ({ face }) => face),
  ],
  clock: [say("{hour}", ({ hour }) => (hour.isYearLike ? undefined : hour))],
  ledClocks: [
    say("{part} 的? {face} (,? {more:ledClocks})?", ({ part, face, more = [] }) => [
      partFirst(part, face),
      ...more,
    ]),
  ],
  /** In front of 除外, where a comma ends a schedule: 每2天，9点，10点除外 runs at 9. */
  joinedClocks: [
    say("{part} 的? {face} {more:joinedClocks}", ({ part, face, more }) => [partFirst(part, face), ...more]),
    ...row("joinedClocks", "hour"),
  ],
  partClocks: [
    say("{part} {and}? {other:part} 的? {face}", ({ part, other, face }) => {
      const [first, second] = [partFirst(part, face), partFirst(other, face)];
      return first.at < second.at ? [first, second] : undefined;
    }),
    say("{part} {and}? {other:part}", ({ part, other }) => [aloneIn(part), aloneIn(other)]),
    say("{part} ({and}|,)? {more:partClocks}", ({ part, more }) =>
      more[0]!.isAlone ? [aloneIn(part), ...more] : undefined,
    ),
    say("早中晚", () => [aloneIn(part("morning")), aloneIn(part("noon")), aloneIn(part("evening"))]),
  ],
  openClocks: [say("{clocks:ledClocks}", ({ clocks }) => clocks), ...row("openClocks", "hour", "({and}|,)")],
  clocks: [say("{clocks:openClocks}", ({ clocks }) => (clocks[0]?.isYearLike ? undefined : clocks))],
  window: [
    say("{from:hour} 到 同日 {until:hour} 之间?", ({ from, until }) => momentWindow(from, until)),
    say(
      "((从|自)? {from:hour} {to} {until:hour} (之间|期间|间)?|介于? {from:hour} (和|与) {until:hour} (之间|间))",
      ({ from, until }): Window => ({ from, to: until }),
    ),
  ],
  windows: row("windows", "window", "({and}|,)"),
  inWindow: [
    say("(只在|仅在)? {windows} (内|里)?", ({ windows }) => just({ kind: "windows", windows })),
    say("(且|并且) 时间在 {windows} (内|里)?", ({ windows }) => just({ kind: "within", windows })),
  ],
  atTimes: [
    say("({clocks}|{clocks:partClocks})", ({ clocks }) => clocksClause(...clocks)),
    say("{part}", ({ part }) => partClause(part)),
    say("的? 同一天", () => just({ kind: "sameDay" })),
    say("(同一时间|同一时刻|同一个时间)", () => just({ kind: "sameTime" })),
  ],
  minute: [say("{n:count}", ({ n }) => (n < 60 ? n : undefined))],
  minutes: row("minutes", "minute", "(分|分钟)? {and} 第?"),
  atMinutes: [
    say("({every}|{each:eachHour} 的?)? 整点", () => ofHour([0])),
    say("({every}|{each:eachHour} 的?) 半点", () => ofHour([30])),
    say(
      "{each:eachHour} 的? (第? {minutes} 分|第 {minutes} 分钟|(过|后) {minutes} (分|分钟))",
      ({ minutes }) => ofHour(minutes, true),
    ),
    say("{every} 分钟 的? 第? {minutes} 秒", ({ minutes }) => minutesOf("minute", minutes)),
  ],
  eachHour: [say("{every} (小时|钟头)", () => true as const)],
} satisfies Patterns;

const ofHour = (minutes: readonly number[], isEach = false) => minutesOf("hour", minutes, isEach);

/** Hours, minutes and seconds as the clock shows them: 9到17点的第0和30分钟. */
const marks = {
  markRange: [say("{from:count} ({to} {until:count})?", ({ from, until }) => marksBetween(from, until))],
  markList: row("markList", "markRange"),
  hourMarks: [
    say("{list:markList} 点", ({ list }) => listedMarks(list)),
    say("{every} 小时", () => anyMark),
    say("每 {n:count} 个? 小时", ({ n }) => everyMark(n, 24)),
  ],
  minuteMarks: [
    say("第 {list:markList} (分|分钟)", ({ list }) => listedMarks(list)),
    say("{every} 分钟", () => anyMark),
    say("每 {n:count} 分钟", ({ n }) => everyMark(n, 60)),
  ],
  eachSecond: [
    say("第 {list:markList} (秒|秒钟)", ({ list }) => listedMarks(list)),
    say("每 (秒|秒钟)", () => anyMark),
    say("每 {n:count} (秒|秒钟)", ({ n }) => everyMark(n, 60)),
  ],
  atMarks: [
    say(
      "{hours:hourMarks} 的 {minutes:minuteMarks} (的 {seconds:eachSecond})?",
      ({ hours, minutes, seconds }) => markClause(hours, minutes, seconds),
    ),
    say("{minutes:minuteMarks} 的 {seconds:eachSecond}", ({ minutes, seconds }) =>
      markClause(anyMark, minutes, seconds),
    ),
  ],
} satisfies Patterns;

/** Numerals; months, a number before 月, but not before 个月; digits behind 周. */
const scan: Scan = (text, at) => {
  const found = [...scanWritten(text, at), ...numeralsAt(text, at)];
  const months = found.flatMap(({ kind, meaning, end }): readonly Scanned[] =>
    (kind === "digits" || kind === "cardinal") && isMonth(meaning) && text[end] === "月"
      ? [{ kind: "month", meaning, end: end + (text[end + 1] === "份" ? 2 : 1) }]
      : [],
  );
  return [...found, ...months, ...weekdayDigits(text, at)];
};

/** 每周1, 每周1、3、5: digits behind 周, but not 每周3次 or 每周1点. */
const weekdayDigits = (text: string, at: number): readonly Scanned[] => {
  weekDigit.lastIndex = at;
  const [week, named, more] = weekDigit.exec(text) ?? [];
  if (week === undefined) return [];
  return named
    ? [{ kind: "weekday", meaning: { days: [Number(named)], isPlural: false }, end: at + week.length }]
    : [{ kind: "weekdayName", meaning: Number(more), end: at + 1 }];
};

const weekDigit = /(?:(?:周|星期|礼拜)([1-7])|(?<=[、,和到至-])([1-7]))(?![\d点时:.次天日号个小分秒月年刻])/y;

const isMonth = (number: unknown): boolean => typeof number === "number" && number >= 1 && number <= 12;

export const chinese = languageOf({
  speaks: (text) => /[\u3400-\u9fff]/.test(text),
  words: () => words(),
  patterns: { ...numbers, ...clocks, ...marks, ...days, ...moments, ...clauses },
  scan,
  fillers: "的 在 于 都 执行一次 运行一次 一次 各一次 各 执行 运行 触发 推送 提醒我 叫我 通知我".split(" "),
  joiners: ["以及", "和", "并且", ";", "还有", "、", ",以及", ";以及", ",还有"],
  every: "每",
  on: "",
  except: "除了",
  leftOut: /除外|不算|不执行|不运行/,
  name: "zh",
  leadIn: /^(?:请|提醒我|通知我|叫我|叫醒我|执行|运行|触发|推送|重复)+/,
  task: {
    shape:
      /^(?:[去要来喝吃做写看打开关睡起上下发交买洗跑查抓爬采拉推浇喂拍删清整更刷同归重启扫监统汇生导测巡]|提醒|叫我|通知|备份|检[查测]|压缩|计算|轮询|运动|锻炼|学习)/,
    accepted: "只写时间的短语，要做的事写在后面的 .do(…) 里",
  },
  unsupported: [
    [/农历|阴历|正月|腊月|初[一二三四五六七八九十]|除夕/, "公历日期；不支持农历"],
    [/法定工作日/, '链式写法：import { workdays } from "onthedot/holidays"，然后 .on(workdays("CN"))'],
    [
      /法定|节假日|公共假[日期]|公众假[日期]/,
      '链式写法：import { holidays } from "onthedot/holidays"，然后 .except(holidays("DE"))；中国请用 .on(workdays("CN"))',
    ],
    [
      /春节|中秋|端午|元宵|清明|国庆|重阳|七夕|圣诞|元旦/,
      "写明日期，如10月1日；或用 onthedot/holidays 中的 holidays(…)",
    ],
    [/日出|日落/, "时间，如6:30；不支持日出和日落"],
    [/第[\d一二三四五六七八九十]+周/, "日期；不支持一年中的第几周"],
    [/[\u3040-\u30ff\uac00-\ud7af]|曜日/, "中文或英文"],
  ],
  opens: (text) => /^[每隔逢从自在除直(]/.test(text),
});

const each = <T>(meaning: T, spellings: string): Record<string, T> =>
  Object.fromEntries(spellings.split(" ").map((spelling) => [spelling, meaning]));

const elapsed = (length: number): Unit => ({ elapsed: length });
const part = (name: PartName): PartWord => ({ part: name, isPlural: false });
const weekday = (...days: number[]): WeekdayWord => ({ days, isPlural: false });

const weekdays = (): Record<string, WeekdayWord> => ({
  ...Object.fromEntries(
    ["周", "星期", "礼拜"].flatMap((week) =>
      [...weekdayChars, "天"].map((name, i) => [`${week}${name}`, weekday(Math.min(i + 1, 7))]),
    ),
  ),
  ...each(weekday(1, 2, 3, 4, 5), "工作日 上班日 平日 工作天"),
  ...each(weekday(6, 7), "周末 双休日"),
});

const words = (): Vocabulary => ({
  unit: {
    ...each(elapsed(1), "毫秒"),
    ...each(elapsed(second), "秒 秒钟"),
    ...each(elapsed(minute), "分钟"),
    ...each(elapsed(hour), "小时 钟头"),
    ...each<Unit>({ every: 1, unit: "day" }, "天 日"),
    ...each<Unit>({ every: 1, unit: "week" }, "周 星期 礼拜"),
    ...each<Unit>({ every: 1, unit: "month" }, "个月"),
    ...each<Unit>({ every: 3, unit: "month", isQuarter: true }, "季度 季"),
    ...each<Unit>({ every: 1, unit: "year" }, "年"),
  },
  unitSign: { 分: elapsed(minute) },
  weekday: weekdays(),
  /** The day of a week that has been named: 每周二四六. */
  weekdayName: Object.fromEntries([...weekdayChars].map((name, i) => [name, Math.min(i + 1, 7)])),
  part: {
    ...each(part("dawn"), "凌晨"),
    ...each(part("early"), "清晨 清早"),
    ...each(part("morning"), "早 早上 早晨 早间 上午"),
    ...each(part("noon"), "中午"),
    ...each(part("afternoon"), "下午 午后"),
    ...each(part("dusk"), "傍晚"),
    ...each(part("evening"), "晚 晚上 晚间"),
    ...each(part("night"), "夜里 夜间 深夜 半夜"),
  },
  half: { ...each("am", "am"), ...each("pm", "pm") },
  zoneWord: {
    ...each("UTC", "utc gmt z 世界协调 协调世界"),
    ...Object.assign({}, ...Object.entries(zoneNames).map(([zone, names]) => each(zone, names))),
  },
  zoneCode: Object.fromEntries(
    "cst ist bst est edt pst pdt cet jst".split(" ").map((code) => [code, code.toUpperCase()]),
  ),
  vague: each(true, "几 大约 大概 左右 偶尔 有时 经常 随时 差不多 若干"),
});

const digits = new Map([..."零一二三四五六七八九"].map((char, n) => [char, n] as const));
digits.set("〇", 0).set("两", 2).set("俩", 2);

/** The numbers that begin at a place, written with Chinese numerals, shortest first: 二, 二十, 二十五. */
const numeralsAt = (text: string, at: number): readonly Scanned[] => {
  const found: Scanned[] = [];
  // 九百九十九 is five long; a year digit by digit is four.
  for (let end = at + 1; end <= at + 6 && isNumeral(text[end - 1]); end++) {
    const meaning = readNumeral(text.slice(at, end));
    if (meaning !== undefined) found.push({ kind: "cardinal", meaning, end });
  }
  return found;
};

const isNumeral = (char = ""): boolean => digits.has(char) || char === "十" || char === "百";

/** 五, 十五, 二十, 二十五, 一百零五, 一百二十, 零五 (as in minutes), 二〇二七 (as in years). */
const readNumeral = (numeral: string): number | undefined => {
  const digitOf = (char = "") => digits.get(char) ?? 0;
  if (digits.has(numeral)) return digitOf(numeral);
  if (/^[^零〇十百][^十百]{3}$/.test(numeral)) return Number(Array.from(numeral, digitOf).join(""));
  const [all, hundreds, tens, ten, ones] = numeralShape.exec(numeral) ?? [];
  if (all === undefined) return undefined;
  return digitOf(hundreds) * 100 + (ten ? digitOf(tens) || 1 : 0) * 10 + digitOf(ones);
};

const numeralShape = new RegExp(
  "^(?:(N)百(?:$|(?=N?十)|零(?=N$))|零(?=N$))?(?:(N?)(十))?(N?)$".replaceAll("N", "[一二两俩三四五六七八九]"),
);
