import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createScheduler, ScheduleError } from "onthedot";
import { VirtualClock } from "onthedot/testing";
import { expect, test } from "vitest";

/** A phrase and its next five moments, worked out from the conventions by someone who had not seen the parser. */
interface Phrase {
  readonly id: string;
  readonly entry: "every" | "when" | "once";
  readonly text: string;
  readonly tz: string;
  readonly now: string;
  readonly next: readonly string[] | "reject";
  /** Whether every reader would expect the same, marked before the parser was asked. */
  readonly clear: boolean;
}

const load = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8"));
/** The clear phrases that are not read as expected. */
const open: { readonly misread: readonly string[]; readonly rejected: readonly string[] } = load("open.json");

const answer = ({ entry, text, tz, now }: Phrase): readonly number[] | "reject" => {
  try {
    return createScheduler({ clock: new VirtualClock(now), zone: tz })
      [entry](text)
      .next(5)
      .map(Number);
  } catch (error) {
    if (error instanceof ScheduleError) return "reject";
    throw error;
  }
};

const outcome = (phrase: Phrase): "right" | "refused" | "rejected" | "misread" => {
  const got = answer(phrase);
  if (got === "reject") return phrase.next === "reject" ? "refused" : "rejected";
  const same =
    phrase.next !== "reject" && `${got}` === `${phrase.next.map((moment) => new Date(moment).getTime())}`;
  return same ? "right" : "misread";
};

/** `more` is no part of the blind count: its phrases were chosen and marked because they were misread when they were first tried. */
test.for(["en", "zh", "more"])("no clear phrase of the blind list %s is misread", (list) => {
  const phrases: readonly Phrase[] = load(`${list}.json`);
  const outcomes = phrases.map((phrase) => ({ ...phrase, outcome: outcome(phrase) }));
  const ids = (clear: boolean, name: string) =>
    outcomes.filter((phrase) => phrase.clear === clear && phrase.outcome === name).map(({ id }) => id);
  for (const clear of [true, false])
    console.log(
      list,
      clear ? "clear:" : "others:",
      ["right", "refused", "rejected", "misread"]
        .map((name) => `${ids(clear, name).length} ${name}`)
        .join(", "),
    );
  const listed = (all: readonly string[]) => all.filter((id) => id.startsWith(`${list}-`));
  expect({ misread: ids(true, "misread"), rejected: ids(true, "rejected") }).toEqual({
    misread: listed(open.misread),
    rejected: listed(open.rejected),
  });
});
