import { ScheduleError } from "../errors.ts";
import { Chain } from "../fluent/chain.ts";
import { weekdayNames } from "../fluent/day-names.ts";
import { Units } from "../fluent/units.ts";
import { nearest } from "../nearest.ts";
import { sourceOf } from "./code-frame.ts";
import { ownFrames } from "./frames.ts";

/**
 * A word in a sentence that is none, as V8 tells of it: `every(...).minutes.att is not a function`. Under tsx, in a CommonJS script, it begins with
 * `(0 , import_onthedot.every)(...)`. Behind an object only words that no emitter of events has are taken for ours.
 */
const notAFunction =
  /^(?:(?:\(0 , [\w$]+\.)?(?:every|when|on|once|cron)\)?|[\w$]+\.(?:every|cron))\(\.\.\.\)((?:\.\w+(?:\(\.\.\.\))?)*)\.(\w+) is not a function$/;

/** A word that is none and has no parentheses, as in `every(5).secs.do(…)`: V8 tells only of the word behind it, so the user's own line is looked at. */
const ofUndefined = /^Cannot read properties of undefined \(reading '(\w+)'\)$/;

/** Makes a mistake of ours of an error that JavaScript throws at such a word: with what is right, and the stack it had. Nothing for any other error. */
export const mistakeOfSlip = (error: unknown): ScheduleError | undefined => {
  if (!(error instanceof TypeError)) return undefined;
  const [, before, word] = notAFunction.exec(error.message) ?? [];
  const facts = before === undefined || word === undefined ? factsOnBare(error) : factsOn(word, before);
  if (!facts) return undefined;
  const mistake = new ScheduleError({ code: "word", ...facts });
  mistake.stack = error.stack ?? "";
  return mistake;
};

const factsOn = (word: string, before: string) => {
  const end = /\.(do|exec|worker)\(/.exec(before)?.[1];
  if (end !== undefined) {
    const ended = `.${end}(…) ends a sentence and gives the job`;
    const isEarlier = called.has(word) && !ends.has(word);
    return {
      what: `.${word}(…) after .${end}(…)`,
      accepted: isEarlier ? `.${word}(…) before .${end}(…): ${ended}` : `a sentence of its own: ${ended}`,
    };
  }
  if (bare.has(word)) return { what: `.${word}() is a word without parentheses`, nearest: `.${word}` };
  const near = nearest(word, [...called, ...bare]);
  return {
    what: `.${word}(…) is no word of a sentence`,
    ...(near !== undefined && { nearest: `.${near}${called.has(near) ? "(…)" : ""}` }),
    accepted: [...called].map((one) => `.${one}`).join(" "),
  };
};

const factsOnBare = (error: TypeError) => {
  const [, behind = ""] = ofUndefined.exec(error.message) ?? [];
  const [frame] = ownFrames(error);
  if (!frame || (!called.has(behind) && !bare.has(behind))) return undefined;
  const line = sourceOf(frame.file)?.split(/\r\n|\n/)[frame.line - 1] ?? "";
  const said = new RegExp(`\\b((?:every|repeat)\\([^()]*\\)(?:\\.\\w+)*?)\\.(\\w+)\\.${behind}\\b`).exec(
    line,
  );
  const [, before = "", word] = said ?? [];
  if (word === undefined || called.has(word)) return undefined;
  // Behind a unit, a day is an argument: .weekday and .weekdays alike.
  const unit = /\)\.(\w+)$/.exec(before)?.[1];
  if (unit !== undefined && bare.has(unit)) {
    const day = nearest(word, dayWords);
    return {
      what: `.${word} after .${unit}`,
      ...(day !== undefined && { nearest: `.on(${JSON.stringify(day)})` }),
      accepted: `a call, as in ${before}.on("weekday")`,
    };
  }
  if (bare.has(word)) return undefined;
  const near = nearest(word, bare);
  return {
    what: `.${word} is no word of a sentence`,
    ...(near !== undefined && { nearest: `.${near}` }),
    accepted: [...bare].map((one) => `.${one}`).join(" "),
  };
};

const dayWords = [...weekdayNames, "weekday", "weekend"];

const membersOf = (prototype: object, isBare: boolean): readonly string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { get }]) => name !== "constructor" && (get !== undefined) === isBare)
    .map(([name]) => name);

const ends: ReadonlySet<string> = new Set(["do", "exec", "worker"]);
const bare: ReadonlySet<string> = new Set(membersOf(Units.prototype, true));
const called: ReadonlySet<string> = new Set(
  membersOf(Chain.prototype, false).filter((word) => word !== "recurrence" && word !== "toString"),
);
