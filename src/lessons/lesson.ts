import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { format } from "node:util";
import type { Picture } from "./picture.ts";

/** An answer one may give, and why it is right or wrong. */
export interface Choice {
  readonly text: string;
  readonly why: string;
  /** @default false */
  readonly isRight?: boolean;
}

export interface Question {
  readonly asked: string;
  /** Exactly one of them is right. */
  readonly choices: readonly Choice[];
}

/** What is to be said of a lesson when its script has run: every number in it comes from that run. */
export interface Account {
  readonly pictures: readonly Picture[];
  /** A paragraph each. */
  readonly explained: readonly string[];
  readonly question: Question;
}

/** A script that is shown and run, and what is said of it. */
export interface Lesson {
  /** The name of its script in `scripts/`. */
  readonly name: string;
  readonly title: string;
  /** What it is about, in a line. */
  readonly about: string;
  /** Runs the script, once in a process. */
  run(): Promise<LessonRun>;
}

/** A lesson whose script has run. */
export interface LessonRun extends Account {
  /** What the script has printed. */
  readonly printed: readonly string[];
}

/** What a lesson is made of. `T` is what its script exports. */
interface LessonParts<T> extends Pick<Lesson, "name" | "title" | "about"> {
  load(): Promise<T>;
  tell(script: T): Account;
}

/** Makes a lesson of a script and of what is said of its run; the script is imported when it is first wanted. */
export const lesson = <T>({ load, tell, ...rest }: LessonParts<T>): Lesson => {
  let ran: Promise<LessonRun> | undefined;
  return {
    ...rest,
    run() {
      ran ??= printed(load).then(({ result, lines }) => ({ ...tell(result), printed: lines }));
      return ran;
    },
  };
};

/** Does something, and keeps what it prints with `console.log` meanwhile. */
export const printed = async <T>(
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly string[] }> => {
  const { log } = console;
  const lines: string[] = [];
  console.log = (...words: unknown[]) => void lines.push(...format(...words).split("\n"));
  try {
    return { result: await act(), lines };
  } finally {
    console.log = log;
  }
};

/** Where the script of a lesson lies in this package. */
export const scriptPath = (name: string): string => `src/lessons/scripts/${name}.ts`;

/** The script of a lesson as it was written. It is the very file that runs, or that what runs was built from: there is no second copy. */
export const sourceOfLesson = (name: string): string => {
  const folder = dirname(createRequire(import.meta.url).resolve("onthedot/package.json"));
  return readFileSync(join(folder, scriptPath(name)), "utf8");
};
