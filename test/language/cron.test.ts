import fc from "fast-check";
import { createScheduler } from "onthedot";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { parseCron } from "../../src/language/cron/parse.ts";
import { calendar, fields, timeList, union } from "../../src/recurrence/build.ts";
import type { Dates, DayRule, Recurrence, Times } from "../../src/recurrence/recurrence.ts";
import { useLanguage } from "../../src/text/text.ts";
import { timeNumber } from "../../src/time/plain-time.ts";
import { runs, seed } from "../random.ts";
import { cronExpression } from "./cron-expressions.ts";

const at = (...times: readonly [hour: number, minute: number][]): Times =>
  timeList(times.map(([hour, minute]) => timeNumber(hour, minute)));
const on = (dates: Dates, times: Times = at([9, 0])): Recurrence => calendar({ dates, times });
const daily = (times: Times): Recurrence => calendar({ times });
const days = (...numbers: readonly number[]): DayRule[] => numbers.map((day) => ({ kind: "day", day }));
const nth = (nth: number, weekday: number): DayRule => ({ kind: "nth", nth, weekday });
const upTo = (last: number, from = 0, step = 1): number[] =>
  Array.from({ length: Math.floor((last - from) / step) + 1 }, (_, i) => from + i * step);

const elapsed = (given: Omit<Parameters<typeof fields>[0], "follows">): Times =>
  fields({ seconds: [0], ...given, follows: "elapsed" });
const wall = (given: Omit<Parameters<typeof fields>[0], "follows">): Times =>
  fields({ seconds: [0], ...given, follows: "wall" });

const meanings: readonly (readonly [text: string, meaning: Recurrence])[] = [
  ["0 9 * * *", daily(at([9, 0]))],
  ["  0\t9  * * *\n", daily(at([9, 0]))],
  ["00 09 * * *", daily(at([9, 0]))],
  ["0 9,17 * * *", daily(at([9, 0], [17, 0]))],
  ["30,0 17,9,17 * * *", daily(at([9, 0], [9, 30], [17, 0], [17, 30]))],

  ["* * * * *", daily(elapsed({}))],
  ["*/1 */1 * * *", daily(elapsed({}))],
  ["0-59 * * * *", daily(elapsed({}))],
  ["*/5 * * * *", daily(elapsed({ minutes: upTo(59, 0, 5) }))],
  ["5/15 * * * *", daily(elapsed({ minutes: [5, 20, 35, 50] }))],
  ["1-30/7 * * * *", daily(elapsed({ minutes: [1, 8, 15, 22, 29] }))],
  ["50-10/5 * * * *", daily(elapsed({ minutes: [50, 55, 0, 5, 10] }))],
  ["*/59 * * * *", daily(elapsed({ minutes: [0, 59] }))],
  ["*/40,7 * * * *", daily(elapsed({ minutes: [0, 7, 40] }))],
  ["* 9 * * *", daily(elapsed({ hours: [9] }))],
  ["*/30 2 * * *", daily(elapsed({ hours: [2], minutes: [0, 30] }))],
  ["0 */12 * * *", daily(elapsed({ hours: [0, 12], minutes: [0] }))],
  ["0,30 2 * * *", daily(at([2, 0], [2, 30]))],
  ["0 22-2 * * *", daily(at([0, 0], [1, 0], [2, 0], [22, 0], [23, 0]))],
  ["0 22-4/3 * * *", daily(at([22, 0], [1, 0], [4, 0]))],
  ["0 20/2 * * *", daily(at([20, 0], [22, 0]))],
  ["0-59 9 * * *", daily(wall({ hours: [9], minutes: upTo(59) }))],
  ["0 0-23 * * *", daily(wall({ hours: upTo(23), minutes: [0] }))],
  [
    "*/5 9-17 * * mon-fri",
    on({ weekdays: [1, 2, 3, 4, 5] }, elapsed({ hours: upTo(17, 9), minutes: upTo(59, 0, 5) })),
  ],

  ["0 0 9 * * *", daily(at([9, 0]))],
  ["* * * * * *", daily(elapsed({ seconds: undefined }))],
  ["*/15 * * * * *", daily(elapsed({ seconds: [0, 15, 30, 45] }))],
  ["30 15 9 * * *", daily(timeList([timeNumber(9, 15, 30)]))],
  ["* 0 9 * * *", daily(wall({ hours: [9], minutes: [0], seconds: undefined }))],
  ["0-59 0 9 * * *", daily(wall({ hours: [9], minutes: [0], seconds: undefined }))],

  ["0 9 * * 1-5", on({ weekdays: [1, 2, 3, 4, 5] })],
  ["0 9 * * MON-FRI", on({ weekdays: [1, 2, 3, 4, 5] })],
  ["0 9 * * Monday-friday", on({ weekdays: [1, 2, 3, 4, 5] })],
  ["0 9 * * 0", on({ weekdays: [7] })],
  ["0 9 * * 7", on({ weekdays: [7] })],
  ["0 9 * * sun,6", on({ weekdays: [6, 7] })],
  ["0 9 * * 5-7", on({ weekdays: [5, 6, 7] })],
  ["0 9 * * 7-2", on({ weekdays: [7, 1, 2] })],
  ["0 9 * * fri-mon", on({ weekdays: [5, 6, 7, 1] })],
  ["0 9 * * fri-mon/2", on({ weekdays: [5, 7] })],
  ["0 9 * * mon/2", on({ weekdays: [1, 3, 5] })],
  ["0 9 * * */2", on({ weekdays: [7, 2, 4, 6] })],
  ["0 9 * * 0-7", daily(at([9, 0]))],
  ["0 9 * * 1-7", daily(at([9, 0]))],
  ["0 9 * * mon-sun", daily(at([9, 0]))],
  ["0 9 * * *,mon", daily(at([9, 0]))],
  ["0 9 ? * mon", on({ weekdays: [1] })],
  ["0 9 * * ?", daily(at([9, 0]))],
  ["0 9 ? * ?", daily(at([9, 0]))],

  ["0 9 * 1,DEC *", on({ months: [1, 12] })],
  ["0 9 * nov-feb *", on({ months: [11, 12, 1, 2] })],
  ["0 9 * September *", on({ months: [9] })],
  ["0 9 * */3 *", on({ months: [1, 4, 7, 10] })],
  ["0 9 * jan/6 *", on({ months: [1, 7] })],
  ["0 9 * 1-12 *", daily(at([9, 0]))],

  ["0 9 1,15 * *", on({ days: days(1, 15) })],
  ["0 9 30-2 * *", on({ days: days(30, 31, 1, 2) })],
  ["0 9 1-31 * *", daily(at([9, 0]))],
  ["0 9 25 12 *", on({ days: [{ kind: "annual", month: 12, day: 25 }] })],
  ["0 9 29 2 *", on({ days: [{ kind: "annual", month: 2, day: 29 }] })],
  ["0 9 29-31 feb *", on({ months: [2], days: days(29, 30, 31) })],
  ["0 9 31 4,5 *", on({ months: [4, 5], days: days(31) })],
  ["0 9 L * *", on({ days: days(-1) })],
  ["0 9 l-3 * *", on({ days: days(-4) })],
  ["0 9 LW * *", on({ days: [{ kind: "workday", nth: -1 }] })],
  ["0 9 15W * *", on({ days: [{ kind: "near", day: 15 }] })],
  ["0 9 1w * *", on({ days: [{ kind: "workday", nth: 1 }] })],
  [
    "0 9 1-3,L,15W,LW * *",
    on({ days: [...days(1, 2, 3, -1), { kind: "near", day: 15 }, { kind: "workday", nth: -1 }] }),
  ],
  ["0 9 * * 5#2", on({ days: [nth(2, 5)] })],
  ["0 9 * * fri#2", on({ days: [nth(2, 5)] })],
  ["0 9 * * 0#1,Sunday#3,7#5", on({ days: [nth(1, 7), nth(3, 7), nth(5, 7)] })],
  ["0 9 * * 5L", on({ days: [nth(-1, 5)] })],
  ["0 9 * * friL", on({ days: [nth(-1, 5)] })],
  ["0 9 * * MondayL", on({ days: [nth(-1, 1)] })],
  ["0 9 * * mon,fri#2", union(on({ weekdays: [1] }), on({ days: [nth(2, 5)] }))],
  ["0 9 * * fri,fri#2", on({ weekdays: [5] })],

  // A step may reach past its range, which leaves the first value.
  ["*/60 * * * *", daily(elapsed({ minutes: [0] }))],
  ["0 */24 * * *", daily(elapsed({ hours: [0], minutes: [0] }))],
  ["5/55 * * * *", daily(elapsed({ minutes: [5] }))],
  ["1-5/5 * * * *", daily(elapsed({ minutes: [1] }))],
  ["0 9 */31 * *", on({ days: days(1) })],
  ["0 9 * * fri-mon/4", on({ weekdays: [5] })],
  ["0 9 1-7 * */7", on({ days: days(1, 2, 3, 4, 5, 6, 7), weekdays: [7] })],
  ["0 9 13 * */7", on({ days: days(13), weekdays: [7] })],
  ["0 9 * * 5#L", on({ days: [nth(-1, 5)] })],
  ["0 9 * * fri#last", on({ days: [nth(-1, 5)] })],

  // Either day field is enough, also where the day of the month never comes …
  ["0 9 31 2 0", on({ months: [2], weekdays: [7] })],
  ["0 9 30,31 2 mon", on({ months: [2], weekdays: [1] })],
  ["0 9 31 4,6 fri", on({ months: [4, 6], weekdays: [5] })],
  ["0 9 31 2 friL", on({ months: [2], days: [nth(-1, 5)] })],
  ["0 9 31 2 mon#1", on({ months: [2], days: [nth(1, 1)] })],
  ["0 9 1 * mon", union(on({ days: days(1) }), on({ weekdays: [1] }))],
  ["0 9 1 6 mon", union(on({ months: [6], days: days(1) }), on({ months: [6], weekdays: [1] }))],
  ["0 9 1 * fri#2", on({ days: [...days(1), nth(2, 5)] })],
  ["0 9 L * sat,mon#1", union(on({ days: [...days(-1), nth(1, 1)] }), on({ weekdays: [6] }))],
  ["0 9 1,*/2 * mon", union(on({ days: days(...upTo(31, 1, 2)) }), on({ weekdays: [1] }))],
  ["0 9 1-31 * mon", daily(at([9, 0]))],
  ["0 9 1 * 0-6", daily(at([9, 0]))],
  // … unless one of them begins with a star.
  ["0 9 */2 * mon", on({ days: days(...upTo(31, 1, 2)), weekdays: [1] })],
  ["0 9 */2,L * mon", on({ days: days(...upTo(31, 1, 2), -1), weekdays: [1] })],
  ["0 9 13 * */5", on({ days: days(13), weekdays: [5, 7] })],
  ["0 9 ? * 1-5", on({ weekdays: [1, 2, 3, 4, 5] })],
  ["0 9 */1 * mon", on({ weekdays: [1] })],
  ["0 9 13 * *,mon", on({ days: days(13) })],

  ["@yearly", on({ days: [{ kind: "annual", month: 1, day: 1 }] }, at([0, 0]))],
  ["@annually", on({ days: [{ kind: "annual", month: 1, day: 1 }] }, at([0, 0]))],
  ["@monthly", on({ days: days(1) }, at([0, 0]))],
  ["@weekly", on({ weekdays: [7] }, at([0, 0]))],
  ["@daily", daily(at([0, 0]))],
  [" @Midnight ", daily(at([0, 0]))],
  ["@hourly", daily(elapsed({ minutes: [0] }))],
];

describe("a cron expression says when", () => {
  test.each(meanings)("%s", (text, meaning) => {
    expect(parseCron(text)).toEqual(meaning);
  });
});

/** The mistaken part stands between « and ». */
const mistakes: readonly (readonly [marked: string, accepted: RegExp, nearest?: string])[] = [
  ["«»", /five fields/],
  ["«  »", /five fields/],
  ["«0 9 * *»", /five fields/, "0 9 * * *"],
  ["  «* * *»", /five fields/],
  ["«every day»", /a phrase as when/],
  ["0 0 9 ? * MON-FRI «*»", /seventh field is the year/, "0 0 9 ? * MON-FRI"],
  ["0 0 9 ? * 2-6 «*»", /seventh field is the year/],
  ["0 0 9 1 1 ? «2027»", /\.until\("2027-12-31"\)/],
  ["0 9 * * 1-5 «node job.js»", /a command as cron\("0 9 \* \* 1-5"\)\.exec/],
  ["*/5 * * * * «/usr/bin/backup.sh»", /a command as cron/],
  ["0 0 * * * «backup»", /a command as cron/],
  ["0 0 9 * * «mondya»", /sun to sat/, "0 0 9 * * monday"],
  ["«TZ=Europe/Berlin» 0 9 * * *", /cron\("0 9 \* \* \*"\)\.in\("Europe\/Berlin"\)/],
  ["  «CRON_TZ=UTC» 0 9 * * *", /\.in\("UTC"\)/],
  ["0 9 * * * «Europe/Berlin»", /\.in\("Europe\/Berlin"\)/],
  ["0 9 * * 1-5 «UTC»", /\.in\("UTC"\)/],
  ["«cron(0 9 * * *)»", /the text inside/, "0 9 * * *"],
  ["«cron(0 18 ? * MON-FRI *)»", /AWS is the year/, "0 18 ? * MON-FRI"],
  ["«cron(0 18 ? * 2-6 *)»", /AWS is the year/],
  ["«rate(5 minutes)»", /every\("5 minutes"\)/],
  ["«H» H * * *", /Jenkins/],
  ["«H(0-29)/10» * * * *", /Jenkins/],
  ["0 9 * * mon,« »tue", /no spaces/, "0 9 * * mon,tue"],
  ["0 9 * * mon« »- fri", /no spaces/, "0 9 * * mon-fri"],
  ["0 9 1« »,15 * *", /no spaces/, "0 9 1,15 * *"],

  ["«60» * * * *", /0 to 59/, "0 * * * *"],
  ["«61» * * * *", /0 to 59/],
  ["«99999999999999999999999» * * * *", /0 to 59/],
  ["0-«60» * * * *", /0 to 59/, "0-59 * * * *"],
  ["0 «24» * * *", /0 to 23/, "0 0 * * *"],
  ["0 8-«24» * * *", /0 to 23/, "0 8-23 * * *"],
  ["0 9 «0» * *", /1 to 31/, "0 9 1 * *"],
  ["0 9 «32» * *", /1 to 31/],
  ["0 9 1-«32» * *", /1 to 31/, "0 9 1-31 * *"],
  ["0 9 * «13» *", /1 to 12 or jan to dec/],
  ["0 9 * «0» *", /1 to 12/, "0 9 * 1 *"],
  ["0 9 * * «8»", /0 to 7 \(0 and 7 are Sunday\) or sun to sat/],
  ["«60» 0 9 * * *", /0 to 59/, "0 0 9 * * *"],
  ["0 9 «32»W * *", /1 to 31/],
  ["0 9 L-«31» * *", /1 to 30/],
  ["0 9 * * fri«#6»", /#1 to #5/],
  ["0 9 * * 5«#0»", /#1 to #5/],
  ["0 9 * * fri«#»", /#1 to #5/],
  ["0 9 * * «8»#1", /0 to 7/],

  ["0 9 * * «mondya»", /sun to sat/, "0 9 * * monday"],
  ["0 9 * * mon-«frii»", /sun to sat/, "0 9 * * mon-fri"],
  ["0 9 * «sept» *", /jan to dec/, "0 9 * sep *"],
  ["0 9 * «mon» *", /jan to dec/],
  ["0 9 * * «L»", /friL/],
  ["0 9 «fri» * *", /1 to 31, L/],
  ["«H» 9 * * *", /Jenkins/],
  ["0 «nine» * * *", /0 to 23/],
  ["0 9 «W» * *", /15W/],
  ["0 9 15-«L» * *", /1 to 31/],

  ["*«/90» * * * *", /every\(90\)\.minutes/],
  ["0 *«/36» * * *", /every\(36\)\.hours/],
  ["*«/0» * * * *", /\/1 to \/60/],
  ["*«/» * * * *", /\/1 to \/60/],
  ["*«//»2 * * * *", /\/1 to \/60/],
  ["0 9 * * fri-mon«/8»", /\/1 to \/7/],

  ["0 9 * * mon-fri/2«x»", /nothing more after "mon-fri\/2"/, "0 9 * * mon-fri/2"],
  ["0 9 1-5«-7» * *", /nothing more after "1-5"/],
  ["0 9 L«AST» * *", /nothing more after "L"/],
  ["0 9 10-15«W» * *", /nothing more after "10-15"/],
  ["*«*» * * * *", /nothing more after "\*"/, "* * * * *"],
  ["0 9 «?»/2 * *", /1 to 31/, "0 9 */2 * *"],
  ["1«,,»2 * * * *", /both sides of each comma/, "1,2 * * * *"],
  ["1«,,»,2 * * * *", /both sides of each comma/, "1,2 * * * *"],
  ["«,»5 * * * *", /both sides of each comma/, "5 * * * *"],
  ["5«,» * * * *", /both sides of each comma/, "5 * * * *"],

  ["«?» 9 * * *", /0 to 59/, "* 9 * * *"],
  ["0 9 * * «-»1", /0 to 7/],
  ["0 9 5«-» * *", /1 to 31/],
  ["0 9 * * mon«;tue»", /nothing more after "mon"/, "0 9 * * mon,tue"],
  ["0 «~»9 * * *", /0 to 23/],
  ["0 9 * * «💥»", /sun to sat/],
  ["«０»　９　＊　＊　＊", /0 to 59/, "0　9　*　*　*"],
  ["0 9 * * 1«，2»", /nothing more after "1"/, "0 9 * * 1,2"],

  ["0 9 «30» 2 *", /at most 29: this would never run/, "0 9 L 2 *"],
  ["0 9 «31» 4,jun *", /at most 30: this would never run/, "0 9 L 4,jun *"],
  ["0 9 «30,31» 2 *", /never run/, "0 9 L 2 *"],
  ["0 9 «31W» 9 *", /never run/, "0 9 L 9 *"],
  ["0 9 «L-29» feb *", /never run/, "0 9 L feb *"],
  ["0 9 15W * «*/6»", /Monday to Friday beside W/, "0 9 15W * *"],
  ["0 9 «*/2» * fri#2", /\* as the day of the month/, "0 9 * * fri#2"],

  ["«9 * * 1-5»", /five fields/, "0 9 * * 1-5"],
  ["«0 9 * *»", /five fields/, "0 9 * * *"],
  ["«every 5 minutes»", /a phrase as when\("every 5 minutes"\)/],
  ["«every day at 9»", /a phrase as when/],
  ["«每天9点»", /a phrase as when/],
  ["«at(2027-01-01T00:00:00)»", /a moment as once\("2027-01-01T00:00:00"\)/],
  ["0 9 * * 1-5« # work»", /no comment/, "0 9 * * 1-5"],

  ["«@dayly»", /@yearly, @annually/, "@daily"],
  [" «@fortnightly»", /@yearly, @annually/],
  ["«@every» 5m", /every\("5m"\)/],
  ["«@reboot»", /\.immediately\(\)/],
  ["@daily «9 *»", /nothing more after @daily/, "@daily"],
  // Several mistakes are explained one at a time, and put right together.
  ["«60» 24 0 * mondya", /0 to 59/, "0 0 1 * monday"],
];

describe("a mistake is pointed at", () => {
  test.each(mistakes.map(([marked, accepted, nearest]) => ({ marked, accepted, nearest })))(
    "$marked",
    ({ marked, accepted, nearest }) => {
      const text = marked.replace(/[«»]/g, "");
      const error = mistakeIn(text);
      expect(pointedAt(text, error)).toBe(marked);
      expect(error.accepted).toMatch(accepted);
      expect(error.nearest).toBe(nearest && JSON.stringify(nearest));
    },
  );
});

test("a mistake says the field, what it takes, and the nearest right expression", () => {
  expect(mistakeIn("0 24 * * mon-fri").message).toBe(
    [
      'Cron hour: got "0 24 * * mon-fri", expected 0 to 23. Did you mean "0 0 * * mon-fri"?',
      "",
      "  0 24 * * mon-fri",
      "    ^^",
    ].join("\n"),
  );
});

test("in a Chinese terminal, a mistake is explained in Chinese", () => {
  useLanguage("zh");
  try {
    expect(mistakeIn("0 24 * * mon-fri").message).toMatch(
      /^cron 小时有误："0 24 \* \* mon-fri"，应为 0 到 23，是不是想写 "0 0 \* \* mon-fri"？/,
    );
  } finally {
    useLanguage("en");
  }
});

test.each([[undefined], [null], [5], [["0 9 * * *"]], [{ toString: () => "0 9 * * *" }]])(
  "%s is no text",
  (given) => {
    const error = mistakeIn(given as unknown as string);
    expect(error.message).toMatch(/^Cron expression: got .*, expected text, such as "0 9 \* \* mon-fri"\.$/);
  },
);

test("a text of more than 256 characters is not read", () => {
  const longest = `${"0,".repeat(123)}0 9 * * *`;
  expect(longest).toHaveLength(255);
  expect(parseCron(`${longest} `)).toEqual(parseCron("0 9 * * *"));
  expect(mistakeIn(`${longest}  `).accepted).toBe("at most 256 characters");
});

test.each([
  // Fixed times run once: after the gap, and the first time in the fold.
  ["30 2 * * *", "2026-03-29T00:45:00Z", ["01:30"]],
  ["0,30 2 * * *", "2026-10-24T23:45:00Z", ["00:00", "00:30"]],
  // A starred minute goes with real time: not at all in the gap, twice in the fold.
  ["*/30 2 * * *", "2026-03-29T00:45:00Z", []],
  ["*/30 2 * * *", "2026-10-24T23:45:00Z", ["00:00", "00:30", "01:00", "01:30"]],
])("over a clock change in Berlin, %s runs from %s on at %j", (text, after, times) => {
  const { cron } = createScheduler({ zone: "Europe/Berlin" });
  const found = cron(text)
    .next(9, { after })
    .map((date) => date.toISOString())
    .filter((at) => Date.parse(at) < Date.parse(after) + 2 * 3_600_000);
  expect(found.map((at) => at.slice(11, 16))).toEqual(times);
});

const count = runs(20_000);

describe(`any text (seed ${seed}, ${count} of them)`, () => {
  const letters = fc.constantFrom(
    ..."0123456789*/,-?LW#@ \t",
    "mon",
    "FRI",
    "jan",
    "1-5",
    "*/5",
    " * ",
    "9",
    "é",
    "＊",
    "\n",
  );
  const soup = fc.array(letters, { maxLength: 40 }).map((list) => list.join(""));
  const broken = fc
    .tuple(cronExpression(), fc.nat({ max: 80 }), fc.nat({ max: 3 }), letters)
    .map(([{ text }, place, length, put]) => text.slice(0, place) + put + text.slice(place + length));

  test.each([
    ["anything", fc.string({ unit: "binary", maxLength: 300 })],
    ["cron's characters", soup],
    ["an expression with a mistake", broken],
  ])("%s gives a recurrence or a mistake with its place", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const error = caught(text);
        if (error === undefined) return;
        expect(error).toBeInstanceOf(ScheduleError);
        expect(error.code).toBe("cron");
        expect(error.given).toBe(text);
        if (text.length > 256) return;
        expect(text.slice(error.start, error.start! + error.length!)).toHaveLength(error.length!);
        if (error.nearest !== undefined) parseCron(JSON.parse(error.nearest));
      }),
      { numRuns: Math.ceil(count / 3), seed },
    );
  });

  test("a right expression is read", () => {
    fc.assert(
      fc.property(cronExpression(), ({ text }) => {
        expect(caught(text)).toBeUndefined();
      }),
      { numRuns: Math.ceil(count / 10), seed },
    );
  });
});

const caught = (text: string): ScheduleError | undefined => {
  try {
    parseCron(text);
    return undefined;
  } catch (error) {
    return error as ScheduleError;
  }
};

const mistakeIn = (text: string): ScheduleError => {
  const error = caught(text);
  expect(error).toBeInstanceOf(ScheduleError);
  expect(error!.code).toBe("cron");
  return error!;
};

const pointedAt = (text: string, { start, length }: ScheduleError): string =>
  `${text.slice(0, start)}«${text.slice(start, start! + length!)}»${text.slice(start! + length!)}`;

test.each([
  ["0 0 31 2 0", ["2026-02-01", "2026-02-08"]],
  ["0 0 30 2 mon", ["2026-02-02", "2026-02-09"]],
  ["0 9 31 4,6 fri", ["2026-04-03", "2026-04-10"]],
  ["0 9 31 2 friL", ["2026-02-27", "2027-02-26"]],
  ["0 9 31 2 mon#1", ["2026-02-02", "2027-02-01"]],
  ["0 0 1-7 * */7", ["2026-01-04", "2026-02-01"]],
  ["0 12 13 * */7", ["2026-09-13", "2026-12-13"]],
])("%s has its first runs from 2026 on %j", (expression, days) => {
  const { cron } = createScheduler({ zone: "UTC" });
  const dates = cron(expression).next(2, { after: "2026-01-01" });
  expect(dates.map((date) => date.toISOString().slice(0, 10))).toEqual(days);
});
