import { createInterface } from "node:readline";
import { nearest } from "../errors.ts";
import {
  type Choice,
  course,
  type Lesson,
  type LessonRun,
  type Question,
  scriptPath,
  sourceOfLesson,
} from "../lessons/course.ts";
import { pictureLines } from "../lessons/picture.ts";
import { startCommand } from "../report/stack.ts";
import { isLive, type Style, usageLines } from "../terminal/style.ts";
import { displayWidth, joinTo, manyLines, oneLine, wrapText } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type CommandContext, command, flag, UsageError, usageError } from "./command.ts";
import { missingPackages } from "./init.ts";

/** The course: its list, or one lesson with its script, what that prints, and a question at the end. */
export const lessons = command(
  "lessons",
  1,
  { answer: flag, source: flag },
  async (context, values, [given]) => {
    const { style, print, program, output } = context;
    const words = texts().lessons;
    if (given === undefined) {
      if (values.answer || values.source) throw usageError(context, texts().commands.missing(words.number));
      const list = course.map(
        ({ name, words }, i) =>
          [`${i + 1}  ${name}`, `${words().title} ${style.glyphs.dot} ${words().about}`] as const,
      );
      const calls = [
        [`${program} lessons 1`, words.help.lesson],
        [`${program} lessons 1 --answer`, words.help.answer],
        [`${program} lessons 1 --source`, words.help.source],
      ] as const;
      return print(["", ...usageLines(list, style), "", ...usageLines(calls, style), ""]);
    }
    const number = lessonNumber(given);
    const lesson = course[number - 1]!;
    const source = sourceOfLesson(lesson.name);
    if (values.source) return void output.write(source);
    const run = await lesson.run();
    print([...lessonLines(lesson, number, source, run, style), ...questionLines(run.question, style)]);
    const answer = values.answer ? undefined : await answerTo(run.question, context);
    print(answer ? verdictLines(answer, run.question, style) : answerLines(run.question, style));
    // An .mts file may use top-level await, whatever the project around it is.
    const file = `${lesson.name}.mts`;
    const missing = missingPackages(file);
    const steps = [
      ...(number < course.length ? [[words.steps.next, `${program} lessons ${number + 1}`] as const] : []),
      ...(missing.length > 0 ? [[words.steps.first, `npm install ${missing.join(" ")}`] as const] : []),
      [words.steps.change, `${program} lessons ${number} --source > ${file}`] as const,
      [words.steps.run, startCommand(file)] as const,
    ];
    print(["", ...usageLines(steps, style).map((line) => style.paint(line, "dim")), ""]);
  },
);

/** The number of a lesson, given by number or by name. @throws UsageError */
const lessonNumber = (given: string): number => {
  const names = course.map(({ name }) => name);
  const number = /^\d+$/.test(given) ? Number(given) : names.indexOf(given) + 1;
  if (number >= 1 && number <= names.length) return number;
  const words = texts().lessons;
  throw new UsageError(
    words.noSuchLesson(oneLine(given), nearest(given, names)),
    words.available(names.length, names.join(" ")),
  );
};

/** A person's answer; nothing where nobody can be asked, or somebody just pressed Enter. */
const answerTo = async (question: Question, { output }: CommandContext): Promise<Choice | undefined> => {
  const isAsked = output === process.stdout && isLive(process.stdout, process.env) && process.stdin.isTTY;
  if (!isAsked) return undefined;
  const letters = lettersOf(question);
  for (let prompt = `  ${letters}? `; ; prompt = `  ${texts().lessons.askAgain(letters)} `) {
    const typed = await ask(prompt);
    // Ctrl-D leaves the cursor behind the prompt.
    if (typed === undefined) process.stdout.write("\n");
    if (!typed?.trim()) return undefined;
    const choice = choiceOf(typed, question);
    if (choice) return choice;
  }
};

/** Asks on the terminal and gives the line that is typed; nothing at its end (Ctrl-D). Ctrl-C ends the process with exit code 130. */
const ask = (prompt: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    lines.on("SIGINT", () => {
      process.stdout.write("\n");
      process.exit(130);
    });
    lines.on("close", () => resolve(undefined));
    lines.question(prompt, (typed) => {
      resolve(typed);
      lines.close();
    });
  });

/** The lesson up to its question: the script, what it printed, what ran when, and why. */
const lessonLines = (
  lesson: Lesson,
  number: number,
  source: string,
  { printed, pictures, explained }: LessonRun,
  style: Style,
): readonly string[] => {
  const { paint, glyphs } = style;
  const words = texts().lessons;
  const head = (text: string) => ["", `  ${paint(text, "bold")}`, ""];
  return [
    "",
    `  ${paint(`${words.title(number, course.length)} ${glyphs.dot} ${lesson.words().title}`, "bold")}`,
    `  ${paint(scriptPath(lesson.name), "dim")}`,
    "",
    ...manyLines(source.trimEnd()).flatMap((line) =>
      // Comments stand back, so that the code itself comes forward.
      folded(line, style).map((part) => (/^\s*\/\//.test(line) ? paint(part, "dim") : part)),
    ),
    ...head(words.prints),
    ...printed.flatMap((line) => folded(line, style)),
    ...head(words.ranWhen),
    ...pictureLines(pictures, style),
    ...head(words.why),
    ...explained.flatMap((text, i) => [...(i === 0 ? [] : [""]), ...hanging("", text, style)]),
    "",
  ];
};

const questionLines = ({ asked, choices }: Question, style: Style): readonly string[] => [
  ...hanging("", asked, style).map((line) => style.paint(line, "bold")),
  "",
  ...choices.flatMap(({ text }, i) => hanging(`${letters[i]}  `, text, style)),
  "",
];

/** Whether an answer is right, and why; for a wrong one also the right one, and why. */
export const verdictLines = (given: Choice, question: Question, style: Style): readonly string[] => {
  const { right, wrong } = texts().lessons;
  return given.isRight
    ? marked(true, right(given.why), style)
    : [
        ...marked(false, wrong(given.why), style),
        ...answerLines(question, style, (choice) => choice.isRight),
      ];
};

/** The right answer and the wrong ones, for readers who are not asked. */
const answerLines = (
  { choices }: Question,
  style: Style,
  isShown: (choice: Choice) => boolean = () => true,
): readonly string[] => {
  const { answerIs, answerIsNot } = texts().lessons;
  return choices.flatMap((choice, i) =>
    isShown(choice)
      ? marked(choice.isRight, (choice.isRight ? answerIs : answerIsNot)(letters[i]!, choice.why), style)
      : [],
  );
};

const marked = (isRight: boolean, text: string, style: Style): readonly string[] => {
  const { paint, glyphs } = style;
  const [first = "", ...more] = hanging(`${isRight ? glyphs.ok : glyphs.fail} `, text, style);
  const sign = isRight ? paint(glyphs.ok, "green") : paint(glyphs.fail, "red");
  return [first.replace(/\S+/, sign), ...more];
};

export const choiceOf = (typed: string, { choices }: Question): Choice | undefined => {
  const answer = typed.trim().toLowerCase();
  return choices.find(({ text }, i) => answer === letters[i] || answer === text.toLowerCase());
};

/** `"a, b or c"`. */
export const lettersOf = ({ choices: { length } }: Question): string =>
  `${letters.slice(0, length - 1).join(", ")} ${texts().lessons.or} ${letters[length - 1]}`;

const letters = ["a", "b", "c", "d", "e"];

/** Wider, the eye loses its line. */
const widest = 88;

/** A text behind a sign, its further lines below its first word. */
const hanging = (sign: string, text: string, { width }: Style): readonly string[] => {
  const lines = wrapText(text, Math.min(width, widest) - sign.length - 2);
  return lines.map((line, i) => `  ${i === 0 ? sign : " ".repeat(sign.length)}${line}`);
};

/** A line as it is; where the terminal is too narrow for it, broken between words and before the words of a chain. */
const folded = (line: string, { width }: Style): readonly string[] => {
  const [, indent = "", text = ""] = /^(\s*)(.*?)\s*$/.exec(line)!;
  if (text === "") return [""];
  if (displayWidth(line) + 2 <= width) return [`  ${indent}${text}`];
  const lines = joinTo(text.split(/(?<= )|(?=\.\w+\()/), "", width - indent.length - 6);
  return lines.map((part, i) => `  ${indent}${i === 0 ? "" : "    "}${part.trimEnd()}`);
};
