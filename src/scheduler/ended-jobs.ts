import type { Job } from "../job/job.ts";

/** More names than these are not listed. */
const mostNamed = 10;

/** The jobs of a script that had ended before it was started. */
export class EndedJobs {
  readonly #all = new Set<Job>();
  readonly #unreported: Job[] = [];

  get jobs(): readonly Job[] {
    return [...this.#all];
  }

  add(job: Job): void {
    this.#all.add(job);
    this.#unreported.push(job);
  }

  /** Reports those that were added since the last time, in one line. */
  report(warn: (message: string) => void): void {
    const names = this.#unreported.splice(0).map(({ name }) => name);
    if (names.length === 1)
      warn(`${names[0]} has ended and will not run. To start it over: reset ${names[0]}`);
    else if (names.length > 1) {
      const named = names.slice(0, mostNamed).join(", ") + (names.length > mostNamed ? ", …" : "");
      warn(
        `${names.length} jobs have ended and will not run: ${named}. To start one of them over: reset <job>`,
      );
    }
  }
}
