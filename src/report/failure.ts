import { show } from "../errors.ts";
import { causeOf, headlineOf, isError, isOwn } from "../job.ts";
import type { Style } from "../terminal/style.ts";
import { manyLines, oneLine } from "../terminal/text.ts";
import { codeFrame, type Frame, framesOf, ownFrames, shortPath, sourceOf } from "./stack.ts";

/** Lines of a message that are shown; a response that was thrown whole can have thousands. */
const mostLines = 12;
const mostFrames = 4;
const longestLine = 400;

/** What a task threw, for people: the message, the places in the user's own files, the line it happened on, and what caused it. */
export const taskErrorLines = (error: unknown, style: Style): readonly string[] => {
  const { paint } = style;
  const [first = "", ...more] = headline(error);
  const head = [paint(first, "red"), ...more];
  if (!isError(error)) return head;
  const frames = framesToShow(error);
  const places = frames.map((frame) => paint(`  at ${placed(frame)}`, "dim"));
  const code = ownFrames(error)
    .slice(0, 1)
    .flatMap((frame) => frameLines(frame, style));
  const cause = causeLines(error, style);
  return [...head, ...places, ...(code.length > 0 ? ["", ...code] : []), ...cause];
};

/** The same in one line: `"TypeError: Cannot read properties … at myjobs.ts:9"`. */
export const taskErrorInLine = (error: unknown): string => {
  const [first = "", ...more] = headline(error);
  const place = placeOfTaskError(error);
  return `${first}${more.length > 0 ? " …" : ""}${place === undefined ? "" : ` at ${place}`}`;
};

/** Where in the user's files it happened: `"myjobs.ts:9"`. */
export const placeOfTaskError = (error: unknown): string | undefined => {
  const frame = isError(error) ? framesToShow(error)[0] : undefined;
  return frame && `${oneLine(shortPath(frame.file))}:${frame.line}`;
};

/** Two runs failed alike when this is equal. */
export const signatureOf = (error: unknown): string => taskErrorInLine(error);

const headline = (error: unknown): readonly string[] => {
  if (!isError(error)) return manyLines(`threw ${show(error)}`);
  const lines = manyLines(headlineOf(error)).map((line) =>
    line.length > longestLine ? `${line.slice(0, longestLine)}…` : line,
  );
  const left = lines.length - mostLines;
  return left > 0 ? [...lines.slice(0, mostLines), `… ${left} more lines`] : lines;
};

const framesToShow = (error: Error): readonly Frame[] => {
  const own = ownFrames(error);
  const foreign = () => framesOf(error).filter(({ file }) => !isOwn(file));
  return own.length > 0 ? own.slice(0, mostFrames) : foreign().slice(0, 1);
};

const placed = ({ call, file, line, column }: Frame): string => {
  const place = `${oneLine(shortPath(file))}:${line}:${column}`;
  return call === undefined ? place : `${oneLine(call)} (${place})`;
};

const frameLines = (frame: Frame, style: Style): readonly string[] => {
  const source = sourceOf(frame.file);
  return source === undefined ? [] : codeFrame(source, frame, style);
};

const causeLines = (error: Error, { paint }: Style): readonly string[] => {
  const cause = causeOf(error);
  if (cause === undefined) return [];
  return [
    "",
    ...[...headline(cause)].map((line, i) => (i === 0 ? `${paint("caused by", "dim")} ${line}` : line)),
  ];
};
