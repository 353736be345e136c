import { ScheduleError } from "../errors.ts";
import type { Task } from "../job/job.ts";

/** Refuses what cannot be called, most often what a task returned when it was called too early. @throws ScheduleError `not-a-function` */
export const checkTask = (given: unknown): Task => {
  if (typeof given === "function") return given as Task;
  throw new ScheduleError({
    code: "not-a-function",
    what: ".do(…)",
    given,
    accepted:
      "a function; write .do(job, …) or .do(() => job(…)), for .do(job()) calls it at once and passes on what it returned",
  });
};

/** How many lines of the stack are kept: the line that says `do`, and some in case a word of ours stands between. */
const depth = 3;

/** Where a task without a name was given to `do`: the name of its job comes from there. Its text is made when it is read. */
export const placeOf = (task: Task, word: Task): Error | undefined => {
  if (task.name !== "") return undefined;
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const place = new Error("do");
  Error.captureStackTrace(place, word);
  Error.stackTraceLimit = usual;
  return place;
};
