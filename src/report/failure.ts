import { show } from "../errors.ts";
import { causeOf, headlineOf, isError, isOwn } from "../job.ts";
import { type Style, styleOf } from "../terminal/style.ts";
import { manyLines, oneLine, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { codeFrame, type Frame, framesOf, ownFrames, shortPath, sourceOf } from "./stack.ts";

/** Lines of a message that are shown; a response that was thrown whole can have thousands. */
const mostLines = 12;
const mostFrames = 4;
const longestLine = 400;

/** What a task threw, for people: the message, the places in the user's own files, the line it happened on, and what caused it. */
export const taskErrorLines = (error: unknown, style: Style): readonly string[] => {
  const { paint, width } = style;
  const [first = "", ...more] = headline(error);
  const head = [
    ...wrapText(first, width).map((line) => paint(line, "red")),
    ...more.flatMap((line) => wrapText(line, width)),
  ];
  if (!isError(error)) return head;
  const frames = framesToShow(error);
  const places = frames
    .flatMap((frame) => wrapText(`  at ${placed(frame)}`, width, "    "))
    .map((line) => paint(line, "dim"));
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

const headline = (error: unknown): readonly string[] => {
  if (!isError(error)) return manyLines(texts().reports.threw(show(error)));
  const lines = manyLines(headlineOf(error)).map((line) =>
    line.length > longestLine ? `${line.slice(0, longestLine)}…` : line,
  );
  const left = lines.length - mostLines;
  return left > 0 ? [...lines.slice(0, mostLines), texts().reports.moreLines(left)] : lines;
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

const causeLines = (error: Error, { paint, width }: Style): readonly string[] => {
  const cause = causeOf(error);
  if (cause === undefined) return [];
  const head = paint(texts().reports.causedBy, "dim");
  return ["", ...headline(cause).flatMap((line, i) => wrapText(i === 0 ? `${head} ${line}` : line, width))];
};

/** The places of a failure in the user's own files after the first, which stands in the line itself. */
export const furtherPlaces = (error: unknown): readonly string[] =>
  isError(error)
    ? ownFrames(error)
        .slice(1, mostFrames + 1)
        .map((frame) => `    at ${placed(frame)}`)
    : [];

/** What was reported last of each job, and how often in a row. */
const reported = new Map<string, { readonly signature: string; readonly count: number }>();

/** More jobs than these are not remembered. */
const mostJobs = 1_000;

/** Reports a failed run on stderr: with the user's own line the first time, and as one line while the same happens again. */
export const reportFailure = (job: string, what: string, error: unknown): void => {
  const signature = taskErrorInLine(error);
  const last = reported.get(job);
  const count = last?.signature === signature ? last.count + 1 : 1;
  if (reported.size >= mostJobs) reported.clear();
  reported.set(job, { signature, count });
  const head = `onthedot: ${oneLine(job)} ${what}`;
  if (count > 1) {
    console.error(`${head} ${texts().reports.again(count)}: ${signature}`);
    return;
  }
  const lines = taskErrorLines(error, styleOf(process.stderr, process.env)).map((line) =>
    line ? `    ${line}` : "",
  );
  console.error(`${head}:\n${lines.join("\n")}`);
};
