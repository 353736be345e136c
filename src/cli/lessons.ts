import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type CommandContext, command, readArguments, UsageError } from "../commands/command.ts";
import { nearest } from "../errors.ts";
import { course } from "../lessons/course.ts";
import { type Choice, type Lesson, type Question, sourceOfLesson } from "../lessons/lesson.ts";
import {
  answerLines,
  choiceOf,
  lessonLines,
  lettersOf,
  questionLines,
  verdictLines,
} from "../lessons/lesson-lines.ts";
import { isLive } from "../live/viewers.ts";
import { colored, plain, type Style, tableLines, usageLines } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { usages } from "./usages.ts";

/** The course: its list, or one lesson with its script, what that does, and a question at the end. */
export const lessons = command(async (context) => {
  const usage = `npx onthedot ${usages.lessons}`;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = readArguments(
    context.args,
    { answer: flag, source: flag },
    { usage, most: 1 },
  );
  const [said] = positionals;
  if (said === undefined) {
    if (values.answer || values.source) throw new UsageError("Of which lesson?", `usage: ${usage}`);
    context.print(listLines(context));
    return 0;
  }
  const number = numberOf(said);
  const chosen = course[number - 1]!;
  const source = sourceOfLesson(chosen.name);
  if (values.source) {
    context.output.write(source);
    return 0;
  }
  const { style, print } = context;
  const run = await chosen.run();
  print(lessonLines(chosen, { number, of: course.length }, source, run, style));
  print(questionLines(run.question, style));
  const given = values.answer ? undefined : await answerTo(run.question, context);
  print(given ? verdictLines(given, run.question, style) : answerLines(run.question, style));
  print(farewell(chosen, number, context));
  return 0;
});

const listLines = ({ style }: CommandContext): readonly string[] => [
  "",
  ...(style.width < besideEachOther ? listInTwoLines(style) : listInOneLine(style)),
  "",
  ...usageLines(
    [
      ["npx onthedot lessons 1", "its script, what it does and why, and a question"],
      ["npx onthedot lessons 1 --answer", "with the answer"],
      ["npx onthedot lessons 1 --source", "only the script, to change it and run it"],
    ],
    style,
  ),
  "",
];

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

/** The number of the lesson that is meant, by number or by name. */
const numberOf = (said: string): number => {
  const number = /^\d+$/.test(said) ? Number(said) : course.findIndex(({ name }) => name === said) + 1;
  if (course[number - 1]) return number;
  const names = course.map(({ name }) => name);
  const near = nearest(said, names);
  throw new UsageError(
    `There is no lesson ${JSON.stringify(oneLine(said))}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
    `There are 1 to ${course.length}: ${names.join(" ")}`,
  );
};

/** What a person answers; nothing where nobody can be asked, or nobody wants to say. */
const answerTo = async (question: Question, { output }: CommandContext): Promise<Choice | undefined> => {
  const isAsked = output === process.stdout && isLive(process.stdout, process.env) && process.stdin.isTTY;
  if (!isAsked) return undefined;
  const wanted = lettersOf(question);
  for (let prompt = `  ${wanted}? `; ; prompt = `  Type ${wanted}, or nothing to be told: `) {
    const typed = await ask(prompt);
    if (typed === undefined || typed.trim() === "") return undefined;
    const choice = choiceOf(typed, question);
    if (choice) return choice;
  }
};

/** An `.mts` file may wait at its top level, whatever the project around it is. */
const farewell = ({ name }: Lesson, number: number, { style }: CommandContext): readonly string[] => [
  "",
  ...[
    ...(number < course.length ? [`go on       npx onthedot lessons ${number + 1}`] : []),
    ...(isInstalled() ? [] : ["first       npm install onthedot tsx"]),
    `change it   npx onthedot lessons ${number} --source > ${name}.mts`,
    `run yours   npx tsx ${name}.mts`,
  ].map((line) => style.paint(`  ${line}`, "dim")),
  "",
];

/** Whether a script in this folder would find the package: `npx` brings it along for itself alone. */
const isInstalled = (): boolean => {
  try {
    createRequire(join(process.cwd(), "script.mts")).resolve("onthedot/package.json");
    return true;
  } catch {
    return false;
  }
};

/** Asks on the terminal and gives the line that is typed; nothing at its end (Ctrl-D). Ctrl-C ends the process, exit code 130. */
export const ask = (prompt: string): Promise<string | undefined> =>
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
