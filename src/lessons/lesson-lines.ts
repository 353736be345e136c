import type { Style } from "../terminal/style.ts";
import { displayWidth, joinTo, manyLines, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type Choice, type Lesson, type LessonRun, type Question, scriptPath } from "./lesson.ts";
import { pictureLines } from "./picture.ts";

/** The lesson up to its question: the script, what it printed, what ran when, and why. */
export const lessonLines = (
  { name, title }: Lesson,
  place: { readonly number: number; readonly of: number },
  source: string,
  { printed, pictures, explained }: LessonRun,
  style: Style,
): readonly string[] => {
  const { paint, glyphs } = style;
  const words = texts().lessons;
  const head = (text: string) => ["", `  ${paint(text, "bold")}`, ""];
  return [
    "",
    `  ${paint(`${words.title(place.number, place.of)} ${glyphs.dot} ${title}`, "bold")}`,
    `  ${paint(scriptPath(name), "dim")}`,
    "",
    ...manyLines(source.trimEnd()).flatMap((line) => codeLines(line, style)),
    ...head(words.prints),
    ...printed.flatMap((line) => folded(line, style)),
    ...head(words.ranWhen),
    ...pictureLines(pictures, style),
    ...head(words.why),
    ...explained.flatMap((text, i) => [...(i === 0 ? [] : [""]), ...paragraph(text, style)]),
    "",
  ];
};

/** The question and its answers, by letters. */
export const questionLines = ({ asked, choices }: Question, style: Style): readonly string[] => [
  ...paragraph(asked, style).map((line) => style.paint(line, "bold")),
  "",
  ...choices.flatMap(({ text }, i) => hanging(`  ${letters[i]}  `, text, style)),
  "",
];

/** Whether an answer is right, and why; for a wrong one also the right one, and why. */
export const verdictLines = (given: Choice, { choices }: Question, style: Style): readonly string[] => {
  const { paint, glyphs } = style;
  const right = choices.findIndex(({ isRight }) => isRight);
  const [wrong, ok] = [paint(glyphs.fail, "red"), paint(glyphs.ok, "green")];
  const rightWhy = choices[right]!.why;
  const words = texts().lessons;
  return given.isRight
    ? hanging(`  ${ok} `, words.right(rightWhy), style)
    : [
        ...hanging(`  ${wrong} `, words.wrong(given.why), style),
        ...hanging(`  ${ok} `, words.answerIs(letters[right]!, rightWhy), style),
      ];
};

/** The right answer and the wrong ones, for readers who are not asked. */
export const answerLines = ({ choices }: Question, style: Style): readonly string[] => {
  const words = texts().lessons;
  return choices.flatMap(({ isRight, why }, i) =>
    isRight
      ? hanging(`  ${style.paint(style.glyphs.ok, "green")} `, words.answerIs(letters[i]!, why), style)
      : hanging(`  ${style.paint(style.glyphs.fail, "red")} `, words.answerIsNot(letters[i]!, why), style),
  );
};

/** The choice that was typed: by its letter, or by its words. */
export const choiceOf = (typed: string, { choices }: Question): Choice | undefined => {
  const answer = typed.trim().toLowerCase();
  return choices.find(({ text }, i) => answer === letters[i] || answer === text.toLowerCase());
};

/** `"a, b or c"`. */
export const lettersOf = ({ choices }: Question): string =>
  `${letters.slice(0, choices.length - 1).join(", ")} ${texts().lessons.or} ${letters[choices.length - 1]}`;

const letters = ["a", "b", "c", "d", "e"];

/** Wider, the eye loses its line. */
const widest = 88;

const paragraph = (text: string, style: Style): readonly string[] => hanging("  ", text, style);

/** A text behind a sign of its own, its further lines below its first word. The sign may be painted. */
const hanging = (sign: string, text: string, { width }: Style): readonly string[] => {
  const indent = signWidth(sign);
  const lines = wrapText(text, Math.min(width, widest) - indent);
  return lines.map((line, i) => (i === 0 ? sign : " ".repeat(indent)) + line);
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of a painted sign take no room
const signWidth = (sign: string): number => sign.replaceAll(/\x1b\[[0-9;]*m/g, "").length;

/** A line as it is; where the terminal is too narrow for it, broken between words and before the words of a chain. */
const folded = (line: string, { width }: Style): readonly string[] => {
  const [, indent = "", text = ""] = /^(\s*)(.*?)\s*$/.exec(line)!;
  if (text === "") return [""];
  if (displayWidth(line) + 2 <= width) return [`  ${indent}${text}`];
  const lines = joinTo(text.split(/(?<= )|(?=\.\w+\()/), "", width - indent.length - 6);
  return lines.map((part, i) => `  ${indent}${i === 0 ? "" : "    "}${part.trimEnd()}`);
};

/** Comments stand back, so that the code itself comes forward. */
const codeLines = (line: string, style: Style): readonly string[] => {
  const isComment = line.trimStart().startsWith("//");
  return folded(line, style).map((part) => (isComment ? style.paint(part, "dim") : part));
};
