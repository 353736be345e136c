import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { format } from "node:util";
import type { Picture } from "./picture.ts";

/** An answer, and why it is right or wrong. */
export interface Choice {
  readonly text: string;
  readonly why: string;
  readonly isRight: boolean;
}

export interface Question {
  readonly asked: string;
  /** Exactly one of them is right. */
  readonly choices: readonly Choice[];
}

/** A script that is shown, run and explained. */
export interface Lesson {
  /** The name of its script in `scripts/`. */
  readonly name: string;
  readonly title: string;
  /** What it is about, in a line. */
  readonly about: string;
  /** Runs the script, once per process. */
  run(): Promise<LessonRun>;
}

/** A lesson whose script has run. */
export interface LessonRun {
  readonly pictures: readonly Picture[];
  /** A paragraph each. */
  readonly explained: readonly string[];
  readonly question: Question;
  /** What the script has printed. */
  readonly printed: readonly string[];
}

/** Runs a function, and collects what it prints with `console.log`. */
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

/** The path of a lesson's script in this package. */
export const scriptPath = (name: string): string => `src/lessons/scripts/${name}.ts`;

/** The source of a lesson's script: the very file that runs, or from which it was built. */
export const sourceOfLesson = (name: string): string => {
  const folder = dirname(createRequire(import.meta.url).resolve("onthedot/package.json"));
  return readFileSync(join(folder, scriptPath(name)), "utf8");
};
