import { amountOf, type Clause, type Clock, frequencyOf } from "../../../src/language/clauses.ts";
import { clockAt, fixedClock, hourOf } from "../../../src/language/clocks.ts";
import { scanWritten } from "../../../src/language/lexer.ts";
import { languageOf, type Patterns, say, type Vocabulary } from "../../../src/language/parser.ts";
import { hour, minute } from "../../../src/time/plain-time.ts";

/** The least that a language needs: words by kind, and for each rule the ways to say it. */
const words = (): Vocabulary => ({
  unit: {
    minuton: { elapsed: minute },
    minutojn: { elapsed: minute },
    horon: { elapsed: hour },
    horojn: { elapsed: hour },
    tagojn: { every: 1, unit: "day" },
  },
  weekday: {
    lundon: { days: [1], isPlural: false },
    mardon: { days: [2], isPlural: false },
    vendredon: { days: [5], isPlural: false },
    labortagon: { days: [1, 2, 3, 4, 5], isPlural: false },
  },
});

const patterns = {
  every: [say("(ĉiun|ĉiujn)", () => true as const)],
  count: [say("{n:digits}", ({ n }) => n)],
  frequency: [
    say("ĉiutage", (): Clause[] => [{ kind: "step", every: 1, unit: "day" }]),
    say("{every} {unit}", ({ unit }) => frequencyOf(amountOf(1, unit))),
    say("{every} {count} {unit}", ({ count, unit }) => frequencyOf(amountOf(count, unit))),
  ],
  everyWeekday: [
    say("{weekday}", ({ weekday }) => weekday.days),
    say("{weekday} kaj {more:everyWeekday}", ({ weekday, more }) => [...weekday.days, ...more]),
  ],
  onDays: [
    say("{every} {weekdays:everyWeekday}", ({ weekdays }): Clause[] => [
      { kind: "days", dates: { weekdays }, repeats: true, isEach: true },
    ]),
  ],
  clock: [
    say("la {time:colons}", ({ time }) => clockAt(time)),
    say("la {n:digits}", ({ n }): Clock => ({ at: hourOf(n).at })),
    say("tagmezo", () => fixedClock(12)),
  ],
  clocks: [
    say("{clock}", ({ clock }) => [clock]),
    say("{clock} kaj {more:clocks}", ({ clock, more }) => [clock, ...more]),
  ],
  atTimes: [say("je {clocks}", ({ clocks }): Clause[] => [{ kind: "clocks", clocks }])],
  oneDay: [say("morgaŭ", (): Clause[] => [{ kind: "day", day: { kind: "ahead", days: 1 } }])],
} satisfies Patterns;

/** Some Esperanto, as src/README.md says that a language is added. In `src` it would have texts of its own too. */
export const esperanto = languageOf({
  speaks: (text) => /ĉiu|morgaŭ/.test(text),
  words,
  patterns,
  scan: scanWritten,
  fillers: [],
  joiners: ["kaj"],
  every: "ĉiun ",
  on: "",
  except: "",
  name: "en",
  leadIn: /^bonvolu /,
  unsupported: [],
  task: { shape: /^por /, accepted: "nothing behind the schedule" },
  opens: (text) => text.startsWith("ĉiu"),
});
