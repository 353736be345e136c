import { ScheduleError } from "../errors.ts";
import type { Task } from "../job/job.ts";

/** Refuses what cannot be called, most often what a task returned when it was called too early. @throws ScheduleError `not-a-function` */
export const checkTask = (given: unknown): Task => {
  if (typeof given === "function") {
    const wrong = wrongKind(given);
    if (wrong !== undefined) throw wrong;
    return isBuiltIn(given) ? withoutContext(given as Task) : (given as Task);
  }
  throw new ScheduleError({
    code: "not-a-function",
    what: ".do(…)",
    given,
    accepted:
      "a function; write .do(job, …) or .do(() => job(…)), for .do(job()) calls it at once and passes on what it returned",
  });
};

/** A generator would only be made and never run, and a class cannot be called. */
const wrongKind = (given: object): ScheduleError | undefined => {
  if (process.getBuiltinModule("node:util").types.isGeneratorFunction(given))
    return new ScheduleError({
      code: "task",
      what: `.do(…) with a generator (function*)`,
      given,
      accepted:
        "a function that does its work when it is called; without the star, or .do(async () => { for await (const step of job()) … })",
    });
  return isClass(given)
    ? new ScheduleError({
        code: "task",
        what: `.do(…) with a class`,
        given,
        accepted: "a function, as in .do(() => new Report().send())",
      })
    : undefined;
};

const isClass = (given: object): boolean => /^class\b/.test(Function.prototype.toString.call(given));

/** A function's own name; nothing where it is no text, as that of a class with a static `name`. */
export const nameOfTask = (task: object): string => {
  try {
    const { name } = task as { readonly name?: unknown };
    return typeof name === "string" ? name.slice(0, 200) : "";
  } catch {
    return "";
  }
};

/** `console.log` and its like, which can make nothing of a run's context and would print it. */
const isBuiltIn = (task: object): boolean =>
  !nameOfTask(task).startsWith("bound ") &&
  Function.prototype.toString.call(task).endsWith("{ [native code] }");

const withoutContext = (task: Task): Task =>
  Object.defineProperty((...given: unknown[]) => task(...given.slice(0, -1)), "name", {
    value: nameOfTask(task),
  });

/** How many calls are kept: three of ours, the one that says `do`, and some in case a word such as `repeat` stands between. */
const depth = 7;

/**
 * Where a task without a name was given to `do`: the name of its job comes from there. Taking it costs some microseconds, its text is made when
 * somebody reads it.
 */
export const placeOf = (task: Task): Error | undefined => {
  if (nameOfTask(task).trim() !== "") return undefined;
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const place = new Error("do");
  Error.stackTraceLimit = usual;
  return place;
};
