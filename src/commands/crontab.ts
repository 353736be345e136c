import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ScheduleError } from "../errors.ts";
import { parseCron } from "../language/cron/parse.ts";
import { describe } from "../language/describe.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { oneLine } from "../terminal/text.ts";
import { currentLanguage, texts } from "../text/text.ts";
import { utc } from "../time/zone.ts";
import { command, flag, UsageError, usageError } from "./command.ts";

/** Writes a script with the jobs of a crontab to stdout, and what could not be kept to stderr. */
export const importCrontab = command("import", 1, { system: flag }, (context, values, [file]) => {
  const words = texts().commands.crontab;
  let text = "";
  try {
    if (file !== undefined || !process.stdin.isTTY) text = readFileSync(file ?? 0, "utf8");
  } catch {
    throw new UsageError(words.unreadable(oneLine(file ?? "stdin")));
  }
  if (text.trim() === "") throw usageError(context, words.empty);
  const { script, problems } = scriptOf(text, file ?? "crontab -l", values.system);
  context.output.write(script);
  if (problems.length > 0) context.errors.write(`${problems.map((line) => `  ${line}`).join("\n")}\n`);
});

const jobShape = /^(@[a-z]+|(?:\S+\s+){4}\S+)\s+(.+)$/i;

const looksSystem = (text: string): boolean => {
  const jobs = text.split(/\r?\n/).filter((line) => /^\s*[\d*@]/.test(line));
  return jobs.length > 0 && jobs.every((line) => /^root\s/.test(jobShape.exec(line.trim())?.[2] ?? ""));
};

/**
 * A script with the jobs of a crontab, and what it does not keep. A crontab is read as crontab(5) describes it: a comment takes a whole line; the rest of a line is the
 * command; an unescaped `%` ends the command and begins what it reads, and further ones are line breaks.
 *
 * @param isSystem whether a user stands before each command, as in `/etc/crontab`. @default whether root does in every line
 */
export const scriptOf = (
  text: string,
  file: string,
  isSystem = looksSystem(text),
): { readonly script: string; readonly problems: readonly string[] } => {
  const words = texts().commands.crontab;
  const problems = new Set<string>();
  const body: string[] = [];
  const names = new Set<string>();
  let around: Surroundings = { env: {} };
  const remark = (problem: string) => {
    if (!problems.has(problem)) body.push(`// ${problem}`);
    problems.add(problem);
  };
  const lines = text
    .replace(/^\ufeff/, "")
    .trimEnd()
    .split(/\r?\n/);
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    const [, variable, , value = ""] = /^([A-Za-z_]\w*)\s*=\s*(["']?)(.*)\2$/.exec(line) ?? [];
    if (line === "") body.push("");
    else if (line.startsWith("#")) body.push(line.replace(/^#+\s?/, "// ").trim());
    else if (variable === "MAILTO") remark(words.mail(value));
    else if (variable === "CRON_TZ") around = { ...around, zone: value };
    else if (variable === "SHELL") around = { ...around, shell: value };
    else if (variable !== undefined) around = { ...around, env: { ...around.env, [variable]: value } };
    else {
      const [, when = "", rest = ""] = jobShape.exec(line) ?? [];
      const [, user, command = rest] = (isSystem && /^(\S+)\s+(.+)$/.exec(rest)) || [];
      try {
        if (/^%|^$/.test(command)) throw new UsageError(words.noJob);
        const isReboot = when.toLowerCase() === "@reboot";
        const job = jobLines(when, isReboot ? undefined : parseCron(when), command, around, names);
        if (user !== undefined) remark(words.user(user));
        body.push(...job);
      } catch (error) {
        if (!(error instanceof ScheduleError || error instanceof UsageError)) throw error;
        remark(words.notKept(i + 1, oneLine(error.message.split("\n")[0]!)));
        body.push(`// ${line}`);
      }
    }
  }
  const imported = ["cron", ...(body.some((line) => line.startsWith("once(")) ? ["once"] : []), "run"];
  const script = [
    `// ${words.head(file)}`,
    `import { ${imported.join(", ")} } from "onthedot";`,
    "",
    ...body,
    "",
    "run();",
  ];
  return { script: `${script.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`, problems: [...problems] };
};

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly zone?: string;
  readonly shell?: string;
}

/** A job: its meaning as a comment, and the chain that runs it. @param recurrence left out for `@reboot` */
const jobLines = (
  when: string,
  recurrence: Recurrence | undefined,
  command: string,
  { env: { HOME, ...env }, zone, shell = "/bin/sh" }: Surroundings,
  names: Set<string>,
): readonly string[] => {
  const text = JSON.stringify;
  const [first = "", ...input] = command.split(/(?<!\\)%/).map((part) => part.replaceAll("\\%", "%"));
  const line = first.trim();
  const meaning = recurrence
    ? describe(recurrence, { zone: utc, language: currentLanguage() })
    : texts().commands.crontab.reboot;
  const isUsual = shell === "/bin/sh";
  const variables = Object.entries(env).map(([name, value]) => `${name}: ${text(value)}`);
  const options = [
    ...(isUsual ? ["shell: true"] : []),
    `cwd: ${HOME === undefined ? "process.env.HOME" : text(HOME)}`,
    ...(variables.length > 0 ? [`env: { ${variables.join(", ")} }`] : []),
    ...(input.length > 0 ? [`stdin: ${text(`${input.join("\n")}\n`)}`] : []),
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
