import { ScheduleError } from "../errors.ts";
import type { Task } from "../job/job.ts";

/** Refuses what cannot be called, most often what a task returned when it was called too early. @throws ScheduleError `not-a-function` */
export const checkTask = (given: unknown): Task => {
  if (typeof given === "function") return isBuiltIn(given) ? withoutContext(given as Task) : (given as Task);
  throw new ScheduleError({
    code: "not-a-function",
    what: ".do(…)",
    given,
    accepted:
      "a function; write .do(job, …) or .do(() => job(…)), for .do(job()) calls it at once and passes on what it returned",
  });
};

/** `console.log` and its like, which can make nothing of a run's context and would print it. */
const isBuiltIn = (task: { readonly name: string }): boolean =>
  !task.name.startsWith("bound ") && Function.prototype.toString.call(task).endsWith("{ [native code] }");

const withoutContext = (task: Task): Task =>
  Object.defineProperty((...given: unknown[]) => task(...given.slice(0, -1)), "name", { value: task.name });

/** How many calls are kept: two of ours, the one that says `do`, and some in case a word such as `repeat` stands between. */
const depth = 5;

/**
 * Where a task without a name was given to `do`: the name of its job comes from there. Taking it costs some microseconds, its text is made when
 * somebody reads it.
 */
export const placeOf = (task: Task): Error | undefined => {
  if (task.name !== "") return undefined;
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const place = new Error("do");
  Error.stackTraceLimit = usual;
  return place;
};
