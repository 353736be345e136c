import type { Command } from "./command.ts";
import { explain } from "./explain.ts";
import { help } from "./help.ts";
import { history } from "./history.ts";
import { list } from "./list.ts";
import { next } from "./next.ts";
import { pause, resume } from "./pause.ts";
import { reset } from "./reset.ts";
import { runJob } from "./run-job.ts";
import { simulate } from "./simulate.ts";

/** What a script does as a command line of its own, by the first word behind its name. */
export const scriptCommands = {
  list,
  next,
  run: runJob,
  explain,
  simulate,
  history,
  pause,
  resume,
  reset,
  help,
} satisfies Record<string, Command>;
