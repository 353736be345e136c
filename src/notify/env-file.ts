import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";

/**
 * Puts what a file such as `.env` says into `process.env`; what is there already stays.
 *
 * @param which `true`: `.env` in the current folder, where there is one · a path: that file, which must be there
 * @throws ScheduleError `env`
 */
export const loadEnvironment = (which: boolean | string): void => {
  if (which === false) return;
  const path = which === true ? ".env" : which;
  // Not imported, for an import is loaded at every start.
  if (process.getBuiltinModule("node:fs").existsSync(path)) process.loadEnvFile(path);
  else if (which !== true)
    throw new ScheduleError({
      code: "env",
      what: "run({ env })",
      given: path,
      accepted: texts().tasks.existingFile,
    });
};
