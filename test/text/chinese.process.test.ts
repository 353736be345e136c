import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { english } from "../../src/text/en.ts";
import { callScript, scriptFile } from "../terminal/tmux.ts";

// Several processes under tsx, each some seconds on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

/** Runs a program as a Chinese reader's shell does. */
const call = async (file: string, ...args: string[]): Promise<string> => {
  const env = {
    ONTHEDOT_LANG: "",
    LC_ALL: "",
    LC_MESSAGES: "",
    LANG: "zh_CN.UTF-8",
    TZ: "Asia/Shanghai",
    NO_COLOR: "1",
  };
  const { out, err } = await callScript(file, args, { env });
  return out + err;
};

/** What is code wherever it stands: chains, flags, files, commands, `[n]`, and text in quotes. */
const code =
  /"[^"]*"|[\w.]*\([^()]*(?:\([^()]*\)[^()]*)*\)[\w.()]*|\.\w+|--?[a-z-]+|\[\w\]|[\w./-]+\.(?:ts|db|html|svg|ics|json)\b(?::\d+)*|^ *(?:>? *\d+ \||at |npx |[│|]).*$/gm;
const { usages, packageUsages } = english().commands;
const commandNames = Object.keys({ ...usages, ...packageUsages }).join("|");
const names = new RegExp(
  `\\b(?:${commandNames}|onthedot|tsx|npx|node|cron|systemd|store|pid|JSON|Error|ScheduleError|Ctrl|Asia/Shanghai|UTC|ok|start|zone|skip|once|loop|drift|heap|interval|nights|overlap|sleep|retry)\\b|(?<=\\d)ms\\b`,
  "g",
);
const englishIn = (text: string): readonly string[] =>
  text
    .replaceAll(/^ *(?:RRULE .*|[\w-]+: https:\S+)$/gm, "")
    .replaceAll(code, "")
    .replaceAll(names, "")
    .match(/[A-Za-z]{2,}/g) ?? [];

const script = `
import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";
every("每天早上8点").named("发通知").timeout("1 minute").retry(2).do(() => {});
every("每隔10秒").named("采集数据").do(() => console.log("已采集"));
every("每小时").named("清理缓存").do(() => { throw new Error("磁盘已满"); });
run({ store: sqlite("jobs.db") });
`;

test("all that a Chinese reader sees of a script is Chinese", async () => {
  const file = scriptFile(script);
  const seen: string[] = [];
  for (const args of [
    ["list"],
    ["next", "5"],
    ["explain", "发通知"],
    ["simulate"],
    ["run", "采集数据"],
    ["run", "清理缓存"],
    ["run", "--all"],
    ["pause", "发通知"],
    ["list"],
    ["resume", "发通知"],
    ["reset", "采集数据"],
    ["history"],
    ["history", "--failed", "--since", "today"],
    ["help"],
    ["list", "--help"],
    ["run", "发通"],
    ["run"],
    ["list", "--jsn"],
    ["lits"],
    ["--jsn"],
  ]) {
    const text = await call(file, ...args);
    expect(text, args.join(" ")).toMatch(/[\u4e00-\u9fff]/);
    expect(englishIn(text), `${args.join(" ")}\n${text}`).toEqual([]);
    seen.push(text);
  }
  expect(seen[0]).toMatch(/发通知 +每天08:00 +/);
});

test.each([
  ["每天早上8点", "发通知", "每天早上25点"],
  ["每隔10秒", "采集一次数据", "每隔10妙"],
  ["每小时", "清理一次缓存", "每小食"],
])("%s is read, with %s it says where that belongs, and %s is marked", async (phrase, task, mistake) => {
  const uses = (text: string) =>
    scriptFile(`import { when } from "onthedot";\nwhen("${text}").do(() => {});\n`);
  const [read, withTask, mistaken] = await Promise.all(
    [phrase, phrase + task, mistake].map((text) => call(uses(text))),
  );
  expect(read).toContain("但没有调用 run()");
  expect(withTask).toContain("只写时间的短语，要做的事写在后面的 .do(…) 里");
  expect(withTask).toContain(`when("${phrase}${task}")`);
  expect(mistaken).toMatch(/\^\^/);
  for (const text of [read, withTask, mistaken]) expect(englishIn(text!), text).toEqual([]);
});

test("a lesson, from its script to the answer, is Chinese", async () => {
  const main = join(import.meta.dirname, "../../src/cli/main.ts");
  const [lesson, answer, missing] = await Promise.all([
    call(main, "lessons", "1"),
    call(main, "lessons", "drift", "--answer"),
    call(main, "lessons", "9"),
  ]);
  for (const text of [lesson, answer, missing]) expect(text).toMatch(/[\u4e00-\u9fff]{4}/);
  expect(englishIn(missing)).toEqual([]);
});
