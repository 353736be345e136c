import { callText } from "../fluent/definition.ts";
import type { Registrar } from "../job.ts";
import { oneLine } from "../terminal/text.ts";
import { texts } from "../text/text.ts";

/** More of them are not reported. */
const mostReported = 5;

/** Warns about schedules that have no task: `"every(5).minutes has no .do(…), so it schedules nothing"`. */
export const unfinishedWarnings = ({ unfinished }: Registrar): readonly string[] =>
  [...unfinished.values()]
    .slice(0, mostReported)
    .map((callTrace) => texts().reports.missingDo(oneLine(callText(callTrace))));
