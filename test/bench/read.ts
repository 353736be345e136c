import later from "@breejs/later";
import * as chrono from "chrono-node";
import { parseWhen } from "../../src/language/phrase.ts";
import type { Instant } from "../../src/time/instant.ts";
import { utc } from "../../src/time/zone.ts";
import { compare, geometricMean, isQuick } from "./measure.ts";
import { from } from "./patterns.ts";
import { report } from "./report.ts";
import { type Row, subject } from "./results.ts";

const hearing = { now: from as Instant, zone: utc };
const read = (text: string) => ({ name: subject, work: () => parseWhen(text, hearing) });
const chronoReads = (text: string) => ({
  name: "chrono-node",
  work: () => chrono.en.casual.parse(text, { instant: new Date(from), timezone: 0 }),
});

/** Moments that chrono-node reads as we do. */
const moments = ["tomorrow at 9am", "in 10 minutes", "3 february 2027 at 4:05 pm", "next friday at noon"];
const recurring = [
  "every weekday at 9am",
  "every 15 minutes between 8am and 6pm",
  "last friday of the month at 17:00",
  "tuesdays at 10am and saturdays at noon",
  "every day at 9am except weekends",
  "每天早上8点",
  "每周一和周三下午3点半",
];
/** What `later` reads of its own language. */
const laterReads: Readonly<Record<string, string>> = {
  "every weekday at 9am": "at 9:00 am every weekday",
  "every 15 minutes between 8am and 6pm": "every 15 mins after 8:00 am and before 6:00 pm",
};

const instantOf = (text: string): number => {
  const meant = parseWhen(text, hearing);
  return meant.kind === "once" ? meant.at : Number.NaN;
};

/** Reading is long code: it is warm after some hundred phrases of all kinds, not after some of one. */
for (const stop = performance.now() + (isQuick ? 200 : 1_000); performance.now() < stop; )
  for (const text of [...moments, ...recurring]) {
    read(text).work();
    chronoReads(text).work();
  }

const rows: Row[] = [];
for (const text of moments) {
  const theirs = chrono.en.casual
    .parse(text, { instant: new Date(from), timezone: 0 })[0]
    ?.date()
    .getTime();
  const isSame = theirs === instantOf(text);
  const values = compare(isSame ? [read(text), chronoReads(text)] : [read(text)]);
  rows.push({
    what: text,
    unit: "µs",
    values: { ...values, ...(!isSame && { "chrono-node": "another moment" }) },
  });
}
for (const text of recurring) {
  const other = laterReads[text];
  const values = compare([
    read(text),
    ...(other === undefined ? [] : [{ name: "later", work: () => later.parse.text(other) }]),
  ]);
  rows.push({ what: text, unit: "µs", values: { "chrono-node": "reads single moments", ...values } });
}

const clause = ["mondays at 9am", "tuesdays at 10am", "wednesdays at 11am", "thursdays at noon"];
const long = [1, 2, 4, 8, 12].map((count): Row => {
  const text = Array.from({ length: count }, (_, i) => clause[i % clause.length]).join(" and ");
  return {
    what: `a phrase of ${count} ${count === 1 ? "clause" : "clauses"}, ${text.length} letters`,
    unit: "µs",
    values: compare([read(text)]),
  };
});

const ours = [...rows].map(({ values }) => values[subject] as number);
const theirs = rows.flatMap(({ values }) =>
  typeof values["chrono-node"] === "number" ? [values["chrono-node"]] : [],
);

report({
  title: "Reading a phrase",
  how: "Text to recurrence, warm. Of chrono-node the moments count that it reads as we do; it knows nothing that recurs.",
  rows: [
    {
      what: "mean of all",
      unit: "µs",
      values: { [subject]: geometricMean(ours), "chrono-node": geometricMean(theirs) },
      goal: 50,
    },
    ...rows,
    ...long,
  ],
});
