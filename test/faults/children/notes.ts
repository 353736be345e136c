import { appendFileSync } from "node:fs";

/**
 * Writes lines into a log, each with one write: a word, the process, the job, the planned moment, and the time that no clock of this process can change.
 */
export const notesIn =
  (log: string) =>
  (word: string, name: string, planned: number, more = ""): void =>
    appendFileSync(
      log,
      `${word} ${process.pid} ${name} ${planned} ${Number(process.hrtime.bigint()) / 1e6} ${more}\n`,
    );
