import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { nearest } from "../errors.ts";
import { course } from "../lessons/course.ts";
import { type Choice, type Question, sourceOfLesson } from "../lessons/lesson.ts";
import {
  answerLines,
  choiceOf,
  lessonLines,
  lettersOf,
  questionLines,
  verdictLines,
} from "../lessons/lesson-lines.ts";
import { needsTsx, startCommand } from "../report/stack.ts";
import { colored, isLive, plain, type Style, tableLines, usageLines } from "../terminal/style.ts";
import { displayWidth, oneLine, padTo } from "../terminal/text.ts";
import { texts } from "../text/text.ts";
import { type CommandContext, command, readArguments, UsageError, usageError } from "./command.ts";

/** The course: its list, or one lesson with its script, what that prints, and a question at the end. */
export const lessons = command("lessons", async (context) => {
  const flag = { type: "boolean" } as const;
  const { values, positionals } = readArguments(context, { answer: flag, source: flag }, 1);
  const [given] = positionals;
  if (given === undefined) {
    if (values.answer || values.source) throw usageError(context, texts().lessons.missing);
    context.print(listLines(context));
    return 0;
  }
  const number = lessonNumber(given);
  const lesson = course[number - 1]!;
  const source = sourceOfLesson(lesson.name);
  if (values.source) {
    context.output.write(source);
    return 0;
  }
  const { style, print } = context;
  const run = await lesson.run();
  print(lessonLines(lesson, { number, of: course.length }, source, run, style));
  print(questionLines(run.question, style));
  const answer = values.answer ? undefined : await answerTo(run.question, context);
  print(answer ? verdictLines(answer, run.question, style) : answerLines(run.question, style));
  print(nextSteps(lesson.name, number, context));
  return 0;
});

const listLines = ({ style, program }: CommandContext): readonly string[] => {
  const { help } = texts().lessons;
  return [
    "",
    ...(style.width < besideEachOther ? listInTwoLines(style) : listInOneLine(style)),
    "",
    ...usageLines(
      [
        [`${program} lessons 1`, help.lesson],
        [`${program} lessons 1 --answer`, help.answer],
        [`${program} lessons 1 --source`, help.source],
      ],
      style,
    ),
    "",
  ];
};

const besideEachOther = 100;

const listInOneLine = (style: Style): readonly string[] =>
  tableLines(
    course.map(({ name, title, about }, i) => [
      [colored("bold", String(i + 1))],
      [plain(name)],
      [colored("bold", title)],
      [plain(about)],
    ]),
    style,
    { shrinks: [], indent: 2 },
  );

const listInTwoLines = (style: Style): readonly string[] =>
  course.flatMap(({ name, title, about }, i) => [
    `  ${style.paint(`${i + 1}  ${title}`, "bold")} ${style.glyphs.dot} ${name}`,
    `     ${about}`,
  ]);

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
    if (typed === undefined || typed.trim() === "") return undefined;
    const choice = choiceOf(typed, question);
    if (choice) return choice;
  }
};

/** An `.mts` file may use top-level await, whatever the project around it is. */
const nextSteps = (name: string, number: number, { style, program }: CommandContext): readonly string[] => {
  const { steps } = texts().lessons;
  const file = `${name}.mts`;
  const lines: readonly (readonly [string, string])[] = [
    ...(number < course.length ? [[steps.next, `${program} lessons ${number + 1}`] as const] : []),
    ...(isInstalled() ? [] : [[steps.first, `npm install onthedot${needsTsx(file) ? " tsx" : ""}`] as const]),
    [steps.change, `${program} lessons ${number} --source > ${file}`],
    [steps.run, startCommand(file)],
  ];
  const width = Math.max(...lines.map(([what]) => displayWidth(what)));
  return ["", ...lines.map(([what, how]) => style.paint(`  ${padTo(what, width)}   ${how}`, "dim")), ""];
};

/** Whether a script in this folder would find the package: `npx` installs it for itself alone. */
const isInstalled = (): boolean => {
  try {
    createRequire(join(process.cwd(), "script.mts")).resolve("onthedot/package.json");
    return true;
  } catch {
    return false;
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
    let isAnswered = false;
    lines.on("close", () => {
      // Ctrl-D leaves the cursor behind the prompt.
      if (!isAnswered) process.stdout.write("\n");
      resolve(undefined);
    });
    lines.question(prompt, (typed) => {
      isAnswered = true;
      resolve(typed);
      lines.close();
    });
  });
