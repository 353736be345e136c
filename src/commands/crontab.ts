import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ScheduleError } from "../errors.ts";
import { parseCron } from "../language/cron/parse.ts";
import { describe } from "../language/describe.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { oneLine } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { utc } from "../time/zone.ts";
import { command, flag, UsageError } from "./command.ts";

/** Writes a script with the jobs of a crontab to stdout, and what could not be kept to stderr. */
export const importCrontab = command("import", 1, { system: flag }, (context, values, [file]) => {
  let text: string;
  try {
    text = readFileSync(file ?? 0, "utf8");
  } catch {
    throw new UsageError(texts().commands.crontab.unreadable(oneLine(file ?? "stdin")));
  }
  const { script, problems } = scriptOf(text, file ?? "crontab -l", values.system);
  context.output.write(script);
  if (problems.length > 0) context.errors.write(`${problems.map((line) => `  ${line}`).join("\n")}\n`);
});

/** A line of a crontab. */
export type CronLine =
  | CronJob
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string; readonly value: string }
  | { readonly kind: "problem"; readonly line: number; readonly why: string; readonly text: string };

export interface CronJob {
  readonly kind: "job";
  /** `@reboot`, or an expression. */
  readonly when: string;
  /** Left out for `@reboot`. */
  readonly recurrence?: Recurrence;
  readonly user?: string;
  readonly command: string;
  /** What the command reads: what stands behind the first `%`. */
  readonly stdin?: string;
}

/**
 * Reads a crontab as crontab(5) describes it: a comment takes a whole line; the rest of a line is the command; an unescaped `%` ends the command and begins what it
 * reads, and further ones are line breaks.
 *
 * @param isSystem whether a user stands before each command, as in `/etc/crontab`. @default whether root does in every line
 */
export const readCrontab = (text: string, isSystem = looksSystem(text)): readonly CronLine[] =>
  text
    .replace(/^\ufeff/, "")
    .trimEnd()
    .split(/\r?\n/)
    .map((raw, i) => readLine(raw, i + 1, isSystem));

const jobShape = /^(@[a-z]+|(?:\S+\s+){4}\S+)\s+(.+)$/i;

const looksSystem = (text: string): boolean => {
  const jobs = text.split(/\r?\n/).filter((line) => /^\s*[\d*@]/.test(line));
  return jobs.length > 0 && jobs.every((line) => /^root\s/.test(jobShape.exec(line.trim())?.[2] ?? ""));
};

const readLine = (raw: string, line: number, isSystem: boolean): CronLine => {
  const text = raw.trim();
  if (text === "" || text.startsWith("#")) return { kind: "comment", text: text.replace(/^#+\s?/, "") };
  const [, variable, value = ""] = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(text) ?? [];
  if (variable !== undefined)
    return { kind: "variable", name: variable, value: value.replace(/^(["'])(.*)\1$/, "$2") };
  const [, when, rest] = jobShape.exec(text) ?? [];
  const [, user, afterUser] = isSystem ? (/^(\S+)\s+(.+)$/.exec(rest ?? "") ?? []) : [];
  const [line0, ...input] = (afterUser ?? rest ?? "")
    .split(/(?<!\\)%/)
    .map((part) => part.replaceAll("\\%", "%"));
  if (when === undefined || !line0?.trim())
    return { kind: "problem", line, why: texts().commands.crontab.noJob, text };
  try {
    return {
      kind: "job",
      when,
      ...(when.toLowerCase() !== "@reboot" && { recurrence: parseCron(when) }),
      ...(user !== undefined && { user }),
      command: line0.trim(),
      ...(input.length > 0 && { stdin: `${input.join("\n")}\n` }),
    };
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return { kind: "problem", line, why: oneLine(error.message.split("\n")[0]!), text };
  }
};

/** A script with the jobs of a crontab, and what it does not keep. */
export const scriptOf = (
  text: string,
  file: string,
  isSystem?: boolean,
): { readonly script: string; readonly problems: readonly string[] } => {
  const words = texts().commands.crontab;
  const problems: string[] = [];
  const body: string[] = [];
  const names = new Set<string>();
  let around: Surroundings = { env: {} };
  const remark = (problem: string) => {
    if (!problems.includes(problem)) body.push(`// ${problem}`);
    problems.push(problem);
  };
  for (const line of readCrontab(text, isSystem)) {
    if (line.kind === "comment") body.push(line.text === "" ? "" : `// ${line.text}`);
    else if (line.kind === "problem") {
      remark(words.notKept(line.line, line.why));
      body.push(`// ${line.text}`);
    } else if (line.kind === "job") {
      if (line.user !== undefined) remark(words.user(line.user));
      body.push(...jobLines(line, around, names));
    } else if (line.name === "MAILTO") remark(words.mail(line.value));
    else if (line.name === "CRON_TZ") around = { ...around, zone: line.value };
    else if (line.name === "SHELL") around = { ...around, shell: line.value };
    else around = { ...around, env: { ...around.env, [line.name]: line.value } };
  }
  const imported = ["cron", ...(body.some((line) => line.startsWith("once(")) ? ["once"] : []), "run"];
  const lines = [
    `// ${words.head(file)}`,
    `import { ${imported.join(", ")} } from "onthedot";`,
    "",
    ...body,
    "",
    "run();",
  ];
  return { script: `${lines.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`, problems: [...new Set(problems)] };
};

/** What the lines above a job have set. */
interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly zone?: string;
  readonly shell?: string;
}

/** A job: its meaning as a comment, and the chain that runs it. */
const jobLines = (
  { when, recurrence, command: line, stdin }: CronJob,
  { env: { HOME, ...env }, zone, shell = "/bin/sh" }: Surroundings,
  names: Set<string>,
): readonly string[] => {
  const text = JSON.stringify;
  const meaning = recurrence
    ? describe(recurrence, { zone: utc, language: currentLanguage() })
    : texts().commands.crontab.reboot;
  const isUsual = shell === "/bin/sh";
  const variables = Object.entries(env).map(([name, value]) => `${name}: ${text(value)}`);
  const options = [
    ...(isUsual ? ["shell: true"] : []),
    `cwd: ${HOME === undefined ? "process.env.HOME" : text(HOME)}`,
    ...(variables.length > 0 ? [`env: { ${variables.join(", ")} }`] : []),
    ...(stdin === undefined ? [] : [`stdin: ${text(stdin)}`]),
  ];
  const call = isUsual ? text(line) : `${text(shell)}, ["-c", ${text(line)}]`;
  const schedule = recurrence ? `cron(${text(when)})` : 'once("in 1 second")';
  const inZone = zone === undefined || !recurrence ? "" : `.in(${text(zone)})`;
  return [
    `// ${meaning}`,
    `${schedule}${inZone}.named(${text(nameFor(line, names))}).exec(${call}, { ${options.join(", ")} });`,
  ];
};

/** The program of a line, without what only leads to it, such as `cd /srv &&`. */
const nameFor = (line: string, names: Set<string>): string => {
  const parts = line.split(/&&|\|\||[;|()]/).map((part) => part.trim());
  const part = parts.find((one) => one !== "" && !/^(?:cd|test|\[|export|sleep|\.|source)(?:\s|$)/.test(one));
  const words = (part ?? line)
    .split(/\s+/)
    .filter((word) => !/^(?:\w+=.*|-.*|sudo|nice|ionice|env|nohup)$/.test(word));
  const short = basename((words[0] ?? "job").replaceAll(/["'`]/g, "")) || "job";
  let name = short;
  for (let number = 2; names.has(name); number++) name = `${short} ${number}`;
  names.add(name);
  return name;
};
