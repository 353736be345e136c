import { styleOf } from "../terminal/style.ts";
import { oneLine } from "../terminal/text.ts";
import { signatureOf, taskErrorInLine, taskErrorLines } from "./failure.ts";

/** What was reported last of each job, and how often in a row. */
const reported = new Map<string, { readonly signature: string; readonly count: number }>();

/** More jobs than these are not remembered. */
const mostJobs = 1_000;

/** Reports a failed run on stderr: with the user's own line the first time, and as one line while the same happens again. */
export const reportFailure = (job: string, what: string, error: unknown): void => {
  const signature = signatureOf(error);
  const last = reported.get(job);
  const count = last?.signature === signature ? last.count + 1 : 1;
  if (reported.size >= mostJobs) reported.clear();
  reported.set(job, { signature, count });
  const head = `onthedot: ${oneLine(job)} ${what}`;
  if (count > 1) {
    console.error(`${head} again (${count} in a row): ${taskErrorInLine(error)}`);
    return;
  }
  const lines = taskErrorLines(error, styleOf(process.stderr, process.env)).map((line) =>
    line ? `    ${line}` : "",
  );
  console.error(`${head}:\n${lines.join("\n")}`);
};
