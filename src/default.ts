import { assemble, type Schedule } from "./create.ts";

const key = Symbol.for("onthedot.default@1");

/**
 * The scheduler that the plain words speak to. It lives on `globalThis`, because a script can end up with two copies of a package (a static and
 * a dynamic import under tsx), and a job registered through one must be known to the other.
 */
export const defaultSchedule = (): Schedule => {
  const place = globalThis as { [key]?: Schedule };
  place[key] ??= makeDefault();
  return place[key];
};

/** Tells at the end of a script that its jobs were never run: the oldest mistake there is. */
const makeDefault = (): Schedule => {
  const { schedule, scheduler } = assemble({});
  process.once("beforeExit", () => {
    const count = schedule.jobs().length;
    if (scheduler.hasLooked || count === 0) return;
    const jobs = count === 1 ? "1 job was" : `${count} jobs were`;
    console.error(`
  onthedot: ${jobs} scheduled, but run() was never called, so the script ends here.
            Put  run();  on the last line of the script.
`);
  });
  return schedule;
};
