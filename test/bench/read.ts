import later from "@breejs/later";
import * as chrono from "chrono-node";
import { compare, geometricMean, isQuick } from "./measure.ts";
import { from } from "./patterns.ts";
import { scheduler } from "./peers.ts";
import { report } from "./process.ts";
import { type Row, subject } from "./results.ts";

const { when } = scheduler("UTC");
/** From text to a `Date`, on both sides. */
const ours = (text: string): Date => when(text).next(1)[0]!;
const chronos = (text: string): Date | null =>
  chrono.en.casual.parseDate(text, { instant: new Date(from), timezone: 0 });

/** Single moments, which chrono-node reads too. */
const moments = [
  "tomorrow at 9am",
  "in 10 minutes",
  "in 3 hours",
  "3 february 2027 at 4:05 pm",
  "next friday at noon",
  "tomorrow at 17:30",
  "24 december at 6pm",
  "monday at 8:15am",
];
/** Recurring phrases, in which chrono-node finds a single moment or none. */
const recurring = [
  "every weekday at 9am",
  "every 15 minutes between 8am and 6pm",
  "last friday of the month at 17:00",
  "tuesdays at 10am and saturdays at noon",
  "every day at 9am except weekends",
  "每天早上8点",
  "每周一和周三下午3点半",
];
/** What `later` reads, in its own words. */
const laterTexts: Readonly<Record<string, string>> = {
  "every weekday at 9am": "at 9:00 am every weekday",
  "every 15 minutes between 8am and 6pm": "every 15 mins after 8:00 am and before 6:00 pm",
};

// Reading is a lot of code: it is warm after some hundred phrases of all kinds.
for (const stop = performance.now() + (isQuick ? 200 : 1_000); performance.now() < stop; )
  for (const text of [...moments, ...recurring]) {
    ours(text);
    chronos(text);
  }

const momentRows = moments.map((text): Row => {
  const [expected, theirs] = [ours(text), chronos(text)];
  const isSame = theirs?.getTime() === expected.getTime();
  const values = compare([
    { name: subject, work: () => ours(text) },
    ...(isSame ? [{ name: "chrono-node", work: () => chronos(text) }] : []),
  ]);
  const other = isSame ? {} : { "chrono-node": `another moment: ${theirs?.toISOString()}` };
  return { what: text, unit: "µs", values: { ...values, ...other } };
});

const recurringRows = recurring.map((text): Row => {
  const other = laterTexts[text];
  const values = compare([
    { name: subject, work: () => ours(text) },
    ...(other === undefined
      ? []
      : [{ name: "later", work: () => later.schedule(later.parse.text(other)).next(1, new Date(from)) }]),
  ]);
  return { what: text, unit: "µs", values: { "chrono-node": "reads single moments", ...values } };
});

const clauses = ["mondays at 9am", "tuesdays at 10am", "wednesdays at 11am", "thursdays at noon"];
const longRows = [1, 2, 4, 8, 12].map((count): Row => {
  const text = Array.from({ length: count }, (_, i) => clauses[i % clauses.length]).join(" and ");
  const what = `a phrase of ${count} ${count === 1 ? "clause" : "clauses"}, ${text.length} letters`;
  return { what, unit: "µs", values: compare([{ name: subject, work: () => ours(text) }]) };
});

/** As long as a phrase may be, and rejected; then texts that can be taken apart in as many ways as possible. */
const longest = (text: string, end = ""): string => text.repeat(256).slice(0, 256 - end.length) + end;
const rejected = [
  longest("every monday at 9am and every friday at 10am and ", " xyzzy"),
  longest("每周一上午9点和每周五下午3点以及", "饭饭饭"),
];
const hostile = [
  "first monday and last friday of march, june and ",
  "monday, ",
  "周一二三四五",
  "每天早上8点和晚上6点，",
].map((text) => longest(text));
const refusedRows = [...rejected, ...hostile].map((text): Row => {
  const read = () => {
    try {
      ours(text);
    } catch {}
  };
  const isHostile = hostile.includes(text);
  return {
    what: `${isHostile ? "256 characters of" : "a rejected phrase of 256 characters:"} ${text.slice(0, 20)}…`,
    unit: "µs",
    goal: isHostile ? 50_000 : 1_500,
    values: compare([{ name: subject, work: read }]),
  };
});

const numbersOf = (rows: readonly Row[], name: string): number[] =>
  rows.map(({ values }) => values[name]).filter((value) => typeof value === "number");
const bothRead = momentRows.filter(({ values }) => typeof values["chrono-node"] === "number");

report({
  title: "Reading a phrase",
  how: "From text to the first occurrence as a Date, warm: when(text).next(1) here, chrono.parseDate(text) there. The mean beside chrono-node is over the phrases that both read as the same moment.",
  rows: [
    {
      what: "mean of the phrases both read",
      unit: "µs",
      goal: 50,
      values: {
        [subject]: geometricMean(numbersOf(bothRead, subject)),
        "chrono-node": geometricMean(numbersOf(bothRead, "chrono-node")),
      },
    },
    {
      what: "mean of the recurring phrases",
      unit: "µs",
      goal: 50,
      values: { [subject]: geometricMean(numbersOf(recurringRows, subject)) },
    },
    ...momentRows,
    ...recurringRows,
    ...longRows,
    ...refusedRows,
  ],
});
