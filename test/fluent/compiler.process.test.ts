import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const folder = await mkdtemp(join(tmpdir(), "onthedot-types-"));
afterAll(() => rm(folder, { recursive: true }));

const head = [
  `import type { ScheduleBuilders } from ${JSON.stringify(join(root, "src/fluent/types.ts"))};`,
  "declare const words: ScheduleBuilders; declare function job(): void; const { every } = words;",
];

/** What somebody writes, and what the compiler says about it. */
const mistakes: readonly (readonly [source: string, message: string])[] = [
  ["every(5).monday", "Property 'monday' does not exist on type 'UnitsStep'."],
  ["every(2).week", "Did you mean 'weeks'?"],
  ["every(5).do(job)", "Property 'do' does not exist on type 'UnitsStep'."],
  ["every().do(job)", "Property 'do' does not exist on type 'UnitStep'."],
  ["every(5).minutes.weekdays", "Property 'weekdays' does not exist on type 'Minutes'."],
  ["every(0).days", "a whole number of at least 1, as in every(5)"],
  ["every(1.5).days", "a whole number of at least 1, as in every(5)"],
  ['every().day.at("9:60")', "HH:MM or HH:MM:SS, from 00:00 to 23:59:59"],
  ['every().day.at("25:00")', "HH:MM or HH:MM:SS, from 00:00 to 23:59:59"],
  ['every().day.between("09:00", "17:00")', "Property 'between' does not exist on type 'Days'."],
  ['every().second.at(":10")', "Property 'at' does not exist on type 'Seconds'."],
  ['every().minute.at("10:30")', "the second of the minute"],
  ['every().hour.at("10:30:00")', "the minute and second of the hour"],
  ["every(2).days.aligned()", "Property 'aligned' does not exist on type 'Days'."],
  ['every().week.at("09:00")', "Property 'at' does not exist on type 'Weeks'."],
  ['every().day.at("10:00").at("11:00")', "Property 'at' does not exist on type 'TimedSchedule'."],
  ['every("weekday").at("10:00")', "Property 'at' does not exist on type 'PhraseSchedule'."],
  ["every().month.on(32)", "not assignable to type 'MonthDayText'"],
  ["every(10).minutes()", "This expression is not callable. Type 'Minutes' has no call signatures."],
  ["every().day.do(job())", "Argument of type 'void' is not assignable"],
];

test("the compiler rejects each mistake, and its message fits", async () => {
  await writeFile(
    join(folder, "mistakes.ts"),
    [...head, ...mistakes.map(([source]) => `${source};`)].join("\n"),
  );
  const errors = await compile();
  for (const [i, [source, message]] of mistakes.entries()) {
    const found = errors.filter((line) => line.startsWith(`${head.length + i + 1}:`)).join("\n");
    expect(found, source).toContain(message);
  }
});

/** The compiler's errors: `"3:10 Property …"`, each on one line. */
const compile = async (): Promise<readonly string[]> => {
  const options =
    "--noEmit --strict --target es2023 --module nodenext --allowImportingTsExtensions --skipLibCheck";
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node", "--pretty", "false"];
  const out = await promisify(execFile)(
    process.execPath,
    [tsc, ...options.split(" "), ...types, "mistakes.ts"],
    {
      cwd: folder,
    },
  ).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout,
  );
  return out
    .replaceAll(/\n +/g, " ")
    .split("\n")
    .flatMap((line) => {
      const parts = /^mistakes\.ts\((\d+),(\d+)\): error TS\d+: (.*)$/.exec(line);
      return parts ? [`${parts[1]}:${parts[2]} ${parts[3]}`] : [];
    });
};

test("the editor completes days by name, and its hover texts show plain types", async () => {
  const lines = [
    "every().month.on(",
    "every().week.on(",
    "every().day.at(",
    "every().hour.at(",
    "every(2).days",
  ];
  const editor = await openEditor(lines);
  try {
    const months = await editor.completions(0, 'every().month.on("'.length);
    expect(months).toEqual(expect.arrayContaining(["last day", "first workday", "last friday"]));
    expect(months).not.toContain("");
    expect(await editor.completions(1, 'every().week.on("'.length)).toContain("monday");
    for (const line of [2, 3])
      expect(await editor.completions(line, lines[line]!.length + 1)).not.toContain("");
    const hover = await editor.hover(4, "every(2).d".length);
    expect(hover).toContain("UnitsStep.days: Days");
    expect(hover).not.toContain("<");
  } finally {
    await editor.close();
  }
});

/** The compiler's language server, with one open file. A line that ends with `(` goes on with an open quote. */
const openEditor = async (lines: readonly string[]) => {
  const server = spawn(process.execPath, [tsc, "--lsp", "--stdio"], {
    cwd: folder,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const uri = pathToFileURL(join(folder, "editor.ts")).href;
  const answers = new Map<number, (result: never) => void>();
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  let buffer = Buffer.alloc(0);
  server.stdout.on("data", (part: Buffer) => {
    buffer = Buffer.concat([buffer, part]);
    for (let start = buffer.indexOf("\r\n\r\n"); start >= 0; start = buffer.indexOf("\r\n\r\n")) {
      const end = start + 4 + Number(/Content-Length: (\d+)/i.exec(buffer.toString("latin1", 0, start))![1]);
      if (buffer.length < end) return;
      const message = JSON.parse(buffer.toString("utf8", start + 4, end));
      buffer = buffer.subarray(end);
      if (message.method === undefined) answers.get(message.id)?.(message.result as never);
      else if (message.id !== undefined)
        send({ id: message.id, result: message.params?.items?.map(() => null) ?? null });
    }
  });
  const ask = <T>(method: string, params: object): Promise<T> =>
    new Promise((resolve) => {
      answers.set(answers.size, resolve as (result: never) => void);
      send({ id: answers.size - 1, method, params });
    });
  const at = (line: number, character: number) => ({
    textDocument: { uri },
    position: { line: head.length + line, character },
  });
  await ask("initialize", { processId: process.pid, rootUri: null, capabilities: {} });
  send({ method: "initialized", params: {} });
  const text = [...head, ...lines.map((line) => (line.endsWith("(") ? `${line}"` : line))].join("\n");
  send({
    method: "textDocument/didOpen",
    params: { textDocument: { uri, languageId: "typescript", version: 1, text } },
  });
  return {
    completions: async (line: number, character: number) => {
      const found = await ask<{ readonly items: readonly { readonly label: string }[] } | null>(
        "textDocument/completion",
        at(line, character),
      );
      return (found?.items ?? []).map(({ label }) => label);
    },
    hover: async (line: number, character: number) =>
      JSON.stringify(
        (await ask<{ readonly contents: unknown }>("textDocument/hover", at(line, character))).contents,
      ),
    close: async () => {
      server.kill();
      await once(server, "exit");
    },
  };
};
