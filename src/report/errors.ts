import { basename } from "node:path";
import { insteadOfCall } from "../checks.ts";
import { nearest, ScheduleError, show } from "../errors.ts";
import { Chain } from "../fluent/chain.ts";
import { Units } from "../fluent/entry.ts";
import { callers, hasCalledTasks } from "../scheduler/run.ts";
import { type Style, styleOf } from "../terminal/style.ts";
import { cutTo, displayWidth, joinTo, oneLine, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { weekdayNames } from "../time/names.ts";
import { type Frame, ownFrames, shortPath, sourceOf } from "./stack.ts";

/** A stretch of a line of source. */
interface Mark {
  readonly start: number;
  readonly length: number;
}

/**
 * An error in a schedule, with the user's own line and a mark under the place:
 *
 *     ScheduleError: Time of day: got "24:00"
 *
 *       myjobs.ts:12   every().day.at("24:00").do(report)
 *                                     ^^^^^^^ did you mean "00:00"?
 *
 *       expected "HH:MM", from 00:00 to 23:59
 */
export const scheduleErrorLines = (error: ScheduleError, style: Style): readonly string[] => {
  const { paint } = style;
  if (error.code === "already-running") return refusedStart(error);
  const [frame, ...outer] = ownFrames(error);
  const line = lineOf(frame);
  const isShown = frame !== undefined && line !== undefined && line.length < longestLine;
  const mark = isShown ? markIn(line, error, frame.column - 1) : undefined;
  const shown = isShown && mark ? lineWithMark(error, line, frame, mark, style) : undefined;
  const given = mark && line?.slice(mark.start, mark.start + mark.length);
  const nearest =
    error.nearest !== undefined && !shown
      ? [`  ${wordsFor(error).didYouMean(oneLine(error.nearest))}`, ""]
      : [];
  return [
    `${paint(oneLine(error.name), "red")}: ${oneLine(headline(error))}`,
    "",
    ...(shown ? [...shown, ""] : []),
    ...outer.slice(0, mostOuter).map((one) => paint(`  ${wordsFor(error).calledFrom(placed(one))}`, "dim")),
    ...(outer.length > 0 ? [""] : []),
    ...nearest,
    ...adviceOn(error, given, style),
    ...(error.start === undefined
      ? []
      : [paint(`  ${wordsFor(error).checkPhrase}npx onthedot explain "…"`, "dim"), ""]),
    paint(`  ${error.code}: ${wordsFor(error).pageOfErrors}`, "dim"),
    "",
  ];
};

/** Nothing is wrong in the script, so none of its lines is shown. */
const refusedStart = ({ what }: ScheduleError): readonly string[] => [
  `  onthedot: ${oneLine(what)}.`,
  `            ${texts().reports.alreadyRunning}`,
  "",
];

/** The line of source that a frame names. */
const lineOf = (frame: Frame | undefined): string | undefined =>
  frame && sourceOf(frame.file)?.split(/\r\n|\n/)[frame.line - 1];

const longestLine = 500;
const mostOuter = 3;

const headline = (error: ScheduleError): string =>
  error.code === "not-a-function"
    ? texts().reports.notAFunction(show(error.given))
    : error.given === undefined
      ? error.what
      : wordsFor(error).got(error.what, show(error.given));

/** All of a report is in the language of its error. */
const wordsFor = ({ language }: ScheduleError) => texts(language).reports;

/** With the path inside the folder the script was started in; the name alone for what lies elsewhere. */
const placed = ({ file, line }: Frame): string => {
  const path = shortPath(file);
  return `${oneLine(path === file ? basename(file) : path)}:${line}`;
};

const lineWithMark = (
  error: ScheduleError,
  line: string,
  frame: Frame,
  mark: Mark,
  style: Style,
): readonly string[] => {
  const { paint, glyphs, width } = style;
  const indent = line.length - line.trimStart().length;
  const label = `  ${placed(frame)}   `;
  const before = displayWidth(label) + displayWidth(oneLine(line.slice(indent, mark.start)));
  const size = Math.max(1, displayWidth(oneLine(line.slice(mark.start, mark.start + mark.length))));
  const note = noteOn(error, line, mark);
  return [
    paint(label, "dim") + cutTo(oneLine(line.trim()), width - displayWidth(label), glyphs.ellipsis),
    `${" ".repeat(before)}${paint("^".repeat(size), "red")}${note === undefined ? "" : ` ${oneLine(note)}`}`,
  ];
};

/** The part of the line to mark: the given value, where it is written there; else the word that was called. */
const markIn = (line: string, error: ScheduleError, column: number): Mark => {
  const { code, given } = error;
  const literal = typeof given === "string" ? literalIn(line, given, column) : undefined;
  if (literal && error.start !== undefined)
    return { start: literal.start + 1 + error.start, length: Math.max(1, error.length ?? 1) };
  if (literal) return literal;
  const passed = code === "not-a-function" ? insideCall(line, column) : undefined;
  if (passed) return passed;
  if (typeof given === "number") {
    const at = line.indexOf(String(given), column);
    if (at >= 0) return { start: at, length: String(given).length };
  }
  // V8 names the point before a property.
  const start = line[column] === "." ? column + 1 : column;
  return { start, length: /^[\w$]*/.exec(line.slice(start))![0].length };
};

/** A text as it is quoted in a line, the first one from a column on; else the first one. */
const literalIn = (line: string, text: string, column: number): Mark | undefined => {
  const starts = ['"', "'", "`"].flatMap((quote) => {
    const later = line.indexOf(quote + text + quote, column);
    return later >= 0 ? [later] : [];
  });
  const start =
    starts.length > 0 ? Math.min(...starts) : column > 0 ? literalIn(line, text, 0)?.start : undefined;
  return start === undefined ? undefined : { start, length: text.length + 2 };
};

/** What stands between the parentheses of the call at a column. */
const insideCall = (line: string, column: number): Mark | undefined => {
  const open = line.indexOf("(", column);
  if (open < 0) return undefined;
  let depth = 0;
  for (let at = open; at < line.length; at++) {
    if (line[at] === "(") depth++;
    if (line[at] === ")" && --depth === 0)
      return at > open + 1 ? { start: open + 1, length: at - open - 1 } : undefined;
  }
  return undefined;
};

const noteOn = (error: ScheduleError, line: string, { start, length }: Mark): string | undefined => {
  const called = calledIn(error, line.slice(start, start + length));
  if (called) return texts().reports.callsNow(called.task);
  return error.nearest === undefined ? undefined : wordsFor(error).didYouMean(error.nearest);
};

/** What would be right: the very line, where a task was called instead of given. */
const adviceOn = (error: ScheduleError, given: string | undefined, style: Style): readonly string[] => {
  const called = given === undefined ? undefined : calledIn(error, given);
  if (called) {
    const { task, args } = called;
    const written = `.do(${args === "" ? task : `${task}, ${args}`})`;
    return [`  ${texts().reports.write(oneLine(written), `.do(() => ${oneLine(given!)})`)}`, ""];
  }
  // Beside the very word that is meant, all that might stand there says little; whole phrases say more.
  const words = wordsFor(error);
  if (error.code === "phrase" && error.nearest !== undefined)
    return hanging(words.phrases, (room) => joinTo(words.examples, ` ${style.glyphs.dot} `, room), style);
  const { accepted } = error;
  return accepted === undefined
    ? []
    : hanging(words.expected, (room) => wrapText(oneLine(accepted), room), style);
};

/** Lines behind a head, further ones below the first of them. */
const hanging = (
  head: string,
  lines: (room: number) => readonly string[],
  { width }: Style,
): readonly string[] => {
  const indent = displayWidth(head) + 2;
  return [
    ...lines(width - indent).map((line, i) => (i === 0 ? `  ${head}${line}` : " ".repeat(indent) + line)),
    "",
  ];
};

/** A call that stands where a function should: `backup("photos")`. */
const calledIn = (
  { code }: ScheduleError,
  text: string,
): { readonly task: string; readonly args: string } | undefined => {
  const parts = code === "not-a-function" ? /^([\w$.]+)\((.*)\)$/.exec(text.trim()) : null;
  return parts ? { task: parts[1]!, args: parts[2]! } : undefined;
};

/**
 * What V8 says about an unknown word: `every(...).minutes.att is not a function`. Under tsx, in a CommonJS script, it begins with
 * `(0 , import_onthedot.every)(...)`. Behind an object only words that no emitter of events has are taken for ours.
 */
const notAFunction =
  /^(?:(?:\(0 , [\w$]+\.)?(?:every|when|on|once|cron)\)?|[\w$]+\.(?:every|cron))\(\.\.\.\)((?:\.\w+(?:\(\.\.\.\))?)*)\.(\w+) is not a function$/;

/** After an unknown word without parentheses, as in `every(5).secs.do(…)`, V8 names only the word after it: the unknown one is in the user's own line. */
const ofUndefined = /^Cannot read properties of undefined \(reading '(\w+)'\)$/;

/** Turns the error that JavaScript throws at such a word into one of ours, with what to write and the stack it had. Undefined for any other error. */
export const errorOfTypo = (error: unknown): ScheduleError | undefined => {
  const facts =
    error instanceof ReferenceError
      ? factsOnUndefined(error)
      : error instanceof TypeError && factsOnMember(error);
  return facts
    ? Object.assign(new ScheduleError({ code: "word", ...facts }), { stack: (error as Error).stack ?? "" })
    : undefined;
};

/** A word that is called and was never imported: `once("in 5 minutes")`, `daily()`, `evry(5)`. */
const factsOnUndefined = (error: ReferenceError) => {
  const [, word] = /^(\w+) is not defined$/.exec(error.message) ?? [];
  return word !== undefined && lineOf(ownFrames(error)[0])?.includes(`${word}(`)
    ? factsOnCall(word)
    : undefined;
};

const factsOnCall = (word: string) => {
  if (builders.includes(word))
    return { what: texts().reports.notImported(word), nearest: `import { ${word} } from "onthedot"` };
  const near = insteadOfCall(word) ?? (word.length > 3 ? nearest(word, builders) : undefined);
  return near === undefined ? undefined : { what: texts().reports.unknownCall(word), nearest: near };
};

const builders = ["every", "when", "once", "cron", "repeat", "runAll", "runPending", "listen", "simulate"];

const factsOnMember = (error: TypeError) => {
  // What a CommonJS script imports from this package and does not find there: `after(5)`.
  const [, imported] = /^\(0 , import_onthedot\w*\.(\w+)\) is not a function$/.exec(error.message) ?? [];
  if (imported !== undefined) return factsOnCall(imported);
  const [, before, word] = notAFunction.exec(error.message) ?? [];
  return before === undefined || word === undefined ? factsOnBare(error) : factsOn(word, before);
};

const factsOn = (word: string, before: string) => {
  const words = texts().reports;
  const end = /\.(do|exec|worker)\(/.exec(before)?.[1];
  if (end !== undefined) {
    const isEarlier = called.has(word) && !ends.has(word);
    const why = words.endsSchedule(end);
    const near = isEarlier ? undefined : nearest(word, ofJobs);
    return {
      what: words.wordAfterEnd(word, end),
      ...(near !== undefined && { nearest: `.${near}(…)` }),
      accepted: isEarlier ? words.writeBefore(word, end, why) : words.newSchedule(why),
    };
  }
  if (bare.has(word)) return { what: words.noParentheses(word), nearest: `.${word}` };
  const near = nearest(word, [...called, ...bare]);
  return {
    what: texts().errors.unknownWord(`${word}(…)`),
    ...(near !== undefined && { nearest: `.${near}${called.has(near) ? "(…)" : ""}` }),
    accepted: [...called].map((one) => `.${one}`).join(" "),
  };
};

const factsOnBare = (error: TypeError) => {
  const [, behind = ""] = ofUndefined.exec(error.message) ?? [];
  if (!called.has(behind) && !bare.has(behind)) return undefined;
  const line = lineOf(ownFrames(error)[0]) ?? "";
  const written = new RegExp(`\\b((?:every|repeat)\\([^()]*\\)(?:\\.\\w+)*?)\\.(\\w+)\\.${behind}\\b`);
  const [, before = "", word] = written.exec(line) ?? [];
  if (word === undefined || called.has(word)) return undefined;
  // Behind a unit, a day is an argument: .weekday and .weekdays alike.
  const unit = /\)\.(\w+)$/.exec(before)?.[1];
  if (unit !== undefined && bare.has(unit)) {
    const day = nearest(word, dayWords);
    return {
      what: texts().reports.wordAfterUnit(word, unit),
      ...(day !== undefined && { nearest: `.on(${JSON.stringify(day)})` }),
      accepted: texts().reports.callAsIn(`${before}.on("weekday")`),
    };
  }
  if (bare.has(word)) return undefined;
  const isSeveral = /^every\((?!1?\))/.test(before);
  const near = nearest(word, isSeveral ? [...bare].filter((one) => one.endsWith("s")) : bare);
  return {
    what: texts().errors.unknownWord(word),
    ...(near !== undefined && { nearest: `.${near}` }),
    accepted: [...bare].map((one) => `.${one}`).join(" "),
  };
};

const dayWords = [...weekdayNames, "weekday", "weekend"];

const membersOf = (prototype: object, isBare: boolean): readonly string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, { get }]) => name !== "constructor" && (get !== undefined) === isBare)
    .map(([name]) => name);

/** Methods of what `.do(…)` returns. */
const ofJobs = ["cancel", "describe", "history", "next", "pause", "reschedule", "resume", "run", "tag"];
const ends: ReadonlySet<string> = new Set(["do", "exec", "worker"]);
const bare: ReadonlySet<string> = new Set(membersOf(Units.prototype, true));
const called: ReadonlySet<string> = new Set(
  membersOf(Chain.prototype, false).filter((word) => word !== "recurrence" && word !== "toString"),
);

/**
 * Shows an error in a schedule that ends the script with the user's own line. Node would show the line of this package that threw. Before any other error, it names
 * the job whose task left behind what threw. Nothing changes for a script that handles uncaught errors itself; the exit code is 1, as it would be.
 */
export const reportUncaughtErrors = (): void => {
  process.on("uncaughtExceptionMonitor", (error, origin) => {
    if (process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback())
      return;
    const ours = error instanceof ScheduleError ? error : errorOfTypo(error);
    if (!ours) {
      const left = leftBehind(origin);
      if (left !== undefined) process.stderr.write(`\n  onthedot: ${oneLine(left)}\n\n`);
      return;
    }
    const lines = scheduleErrorLines(ours, styleOf(process.stderr, process.env));
    process.stderr.write(`\n${lines.join("\n")}\n`);
    process.exit(1);
  });
};

/** Which job's task started what has thrown after it. */
const leftBehind = (origin: NodeJS.UncaughtExceptionOrigin): string | undefined => {
  const words = texts().reports;
  const job = callers()[0]?.job.name;
  if (origin === "uncaughtException") return job === undefined ? undefined : words.threwLater(job);
  return hasCalledTasks() ? words.forgottenAwait(job) : undefined;
};
