import { createRequire } from "node:module";
import { join } from "node:path";
import { readArguments } from "../commands/arguments.ts";
import { type Bench, command, UsageError } from "../commands/command.ts";
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
import { nearest } from "../nearest.ts";
import { type Look, plain, tableLines, tinted, usageLines } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { isLive } from "../view/show-run.ts";
import { ask } from "./ask.ts";
import { usages } from "./usages.ts";

/** The course: its list, or one lesson with its script, what that does, and a question at the end. */
export const lessons = command(async (bench) => {
  const usage = `npx onthedot ${usages.lessons}`;
  const flag = { type: "boolean" } as const;
  const { values, positionals } = readArguments(
    bench.args,
    { answer: flag, source: flag },
    { usage, most: 1 },
  );
  const [said] = positionals;
  if (said === undefined) {
    if (values.answer || values.source) throw new UsageError("Of which lesson?", `usage: ${usage}`);
    bench.print(listLines(bench));
    return 0;
  }
  const number = numberOf(said);
  const chosen = course[number - 1]!;
  const source = sourceOfLesson(chosen.name);
  if (values.source) {
    bench.output.write(source);
    return 0;
  }
  const { look, print } = bench;
  const run = await chosen.run();
  print(lessonLines(chosen, { number, of: course.length }, source, run, look));
  print(questionLines(run.question, look));
  const given = values.answer ? undefined : await answerTo(run.question, bench);
  print(given ? verdictLines(given, run.question, look) : answerLines(run.question, look));
  print(farewell(chosen, number, bench));
  return 0;
});

const listLines = ({ look }: Bench): readonly string[] => [
  "",
  ...(look.width < besideEachOther ? listInTwoLines(look) : listInOneLine(look)),
  "",
  ...usageLines(
    [
      ["npx onthedot lessons 1", "its script, what it does and why, and a question"],
      ["npx onthedot lessons 1 --answer", "with the answer"],
      ["npx onthedot lessons 1 --source", "only the script, to change it and run it"],
    ],
    look,
  ),
  "",
];

const besideEachOther = 100;

const listInOneLine = (look: Look): readonly string[] =>
  tableLines(
    course.map(({ name, title, about }, i) => [
      [tinted("bold", String(i + 1))],
      [plain(name)],
      [tinted("bold", title)],
      [plain(about)],
    ]),
    look,
    { shrinks: [], indent: 2 },
  );

const listInTwoLines = (look: Look): readonly string[] =>
  course.flatMap(({ name, title, about }, i) => [
    `  ${look.paint(`${i + 1}  ${title}`, "bold")} ${look.glyphs.dot} ${name}`,
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
const answerTo = async (question: Question, { output }: Bench): Promise<Choice | undefined> => {
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
const farewell = ({ name }: Lesson, number: number, { look }: Bench): readonly string[] => [
  "",
  ...[
    ...(number < course.length ? [`go on       npx onthedot lessons ${number + 1}`] : []),
    ...(isInstalled() ? [] : ["first       npm install onthedot tsx"]),
    `change it   npx onthedot lessons ${number} --source > ${name}.mts`,
    `run yours   npx tsx ${name}.mts`,
  ].map((line) => look.paint(`  ${line}`, "dim")),
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
