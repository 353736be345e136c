import { basename } from "node:path";
import { type ScheduleError, show } from "../errors.ts";
import type { Look } from "../terminal/style.ts";
import { cutTo, displayWidth, joinTo, oneLine } from "../terminal/text.ts";
import { sourceOf } from "./code-frame.ts";
import { type Frame, ownFrames, shortPath } from "./frames.ts";

/** A stretch of a line of source. */
interface Mark {
  readonly start: number;
  readonly length: number;
}

/**
 * A mistake in what was said, with the user's own line and a mark under the place:
 *
 *     ScheduleError: Time of day: got "24:00"
 *
 *       myjobs.ts:12   every().day.at("24:00").do(report)
 *                                     ^^^^^^^ did you mean "00:00"?
 *
 *       expected "HH:MM", from 00:00 to 23:59
 */
export const mistakeLines = (error: ScheduleError, look: Look): readonly string[] => {
  const { paint } = look;
  if (error.code === "already-running") return refusedStart(error);
  const [frame, ...outer] = ownFrames(error);
  const line = frame && sourceOf(frame.file)?.split(/\r\n|\n/)[frame.line - 1];
  const isShown = frame !== undefined && line !== undefined && line.length < longestLine;
  const mark = isShown ? markIn(line, error, frame.column - 1) : undefined;
  const shown = isShown && mark ? lineWithMark(error, line, frame, mark, look) : undefined;
  const given = mark && line?.slice(mark.start, mark.start + mark.length);
  const nearest =
    error.nearest !== undefined && !shown ? [`  did you mean ${oneLine(error.nearest)}?`, ""] : [];
  return [
    `${paint(oneLine(error.name), "red")}: ${oneLine(headline(error))}`,
    "",
    ...(shown ? [...shown, ""] : []),
    ...outer.slice(0, mostOuter).map((one) => paint(`  said from ${placed(one)}`, "dim")),
    ...(outer.length > 0 ? [""] : []),
    ...nearest,
    ...adviceOn(error, given, look),
    ...(error.start === undefined ? [] : [paint('  check one: npx onthedot explain "…"', "dim"), ""]),
  ];
};

/** Nothing is wrong in the script: no line of it is shown. */
const refusedStart = ({ what }: ScheduleError): readonly string[] => [
  `  onthedot: ${oneLine(what)}.`,
  "            Stop that one, or start this one with --another: then each run is started by one of them.",
  "",
];

const longestLine = 500;
const mostOuter = 3;

const headline = (error: ScheduleError): string =>
  error.code === "not-a-function"
    ? `.do() needs a function and got ${show(error.given)}`
    : `${error.what}${error.given === undefined ? "" : `: got ${show(error.given)}`}`;

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
  look: Look,
): readonly string[] => {
  const { paint, glyphs, width } = look;
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

/** Where the mistake lies in the line: in what was given, where that is written there; else at the word that was said. */
const markIn = (line: string, { code, given, start, length }: ScheduleError, column: number): Mark => {
  const literal = typeof given === "string" ? literalIn(line, given, column) : undefined;
  if (literal && start !== undefined)
    return { start: literal.start + 1 + start, length: Math.max(1, length ?? 1) };
  if (literal) return literal;
  const passed = code === "not-a-function" ? insideCall(line, column) : undefined;
  if (passed) return passed;
  if (typeof given === "number") {
    const at = line.indexOf(String(given), column);
    if (at >= 0) return { start: at, length: String(given).length };
  }
  return { start: column, length: /^[\w$]*/.exec(line.slice(column))![0].length };
};

/** A text as it is quoted in a line, the first one from a column on. */
const literalIn = (line: string, text: string, column: number): Mark | undefined => {
  const starts = quotes
    .flatMap((quote) => [line.indexOf(quote + text + quote, column), line.indexOf(quote + text + quote)])
    .filter((at) => at >= 0);
  const later = starts.filter((at) => at >= column);
  const start = later.length > 0 ? Math.min(...later) : starts[0];
  return start === undefined ? undefined : { start, length: text.length + 2 };
};

const quotes = ['"', "'", "`"];

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
  if (called) return `this calls ${called.task} now and passes on what it returned`;
  return error.nearest === undefined ? undefined : `did you mean ${error.nearest}?`;
};

/** What would be right: the very line, where a task was called instead of given. */
const adviceOn = (error: ScheduleError, given: string | undefined, look: Look): readonly string[] => {
  const called = given === undefined ? undefined : calledIn(error, given);
  if (called) {
    const { task, args } = called;
    const written = `.do(${args === "" ? task : `${task}, ${args}`})`;
    return [`  write ${oneLine(written)}   or   .do(() => ${oneLine(given!)})`, ""];
  }
  // Beside the very word that is meant, all that might stand there says little; whole phrases say more.
  if (error.code === "phrase" && error.nearest !== undefined)
    return hanging("phrases that work: ", examples, ` ${look.glyphs.dot} `, look);
  if (error.accepted === undefined) return [];
  return hanging("expected ", oneLine(error.accepted).split(" "), " ", look);
};

const examples = [
  '"every weekday at 9am"',
  '"every 15 minutes"',
  '"mon and thu at 18:30"',
  '"last day of the month at 17:00"',
] as const;

/** Parts behind a head, further lines below the first of them. */
const hanging = (
  head: string,
  parts: readonly string[],
  between: string,
  { width }: Look,
): readonly string[] => [
  ...joinTo(parts, between, width - 2 - head.length).map(
    (line, i) => `  ${i === 0 ? head : " ".repeat(head.length)}${line}`,
  ),
  "",
];

/** A call that stands where a function should: `backup("photos")`. */
const calledIn = (
  { code }: ScheduleError,
  text: string,
): { readonly task: string; readonly args: string } | undefined => {
  const parts = code === "not-a-function" ? /^([\w$.]+)\((.*)\)$/.exec(text.trim()) : null;
  return parts ? { task: parts[1]!, args: parts[2]! } : undefined;
};
