import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, linkSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newFolder } from "../folder.ts";
import { until } from "../tasks/until.ts";
import { built } from "./built.ts";
import { keepFigures } from "./chance.ts";
import { ended, started } from "./children.ts";

const program = built();

const links = { "symbolic link": symlinkSync, "hard link": linkSync };
type Link = keyof typeof links;

const startsIn = (log: string): readonly string[] =>
  existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];

/** Two processes on one store, the second by a link to it. Some seconds later: what they started, and how often twice. */
const watch = async (kind: Link, control: string) => {
  const folder = newFolder("linked");
  const [log, file, link] = ["log", "jobs.db", "link.db"].map((name) => join(folder, name)) as [
    ...[string, string, string],
  ];
  if (control) writeFileSync(file, "");
  const one = await started(program("linked"), [log, file, control]);
  await until(() => existsSync(file));
  links[kind](file, link);
  const two: ChildProcess = spawn(process.execPath, [program("linked"), log, link, control], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  two.stderr!.on("data", (text) => {
    errors += text;
  });
  const exit = once(two, "exit");
  await Promise.race([once(two.stdout!, "data"), exit]);
  const before = startsIn(log).length;
  await until(() => startsIn(log).length >= before + 8);
  const isRefused = two.exitCode !== null;
  await ended(one, "SIGTERM");
  if (!isRefused) two.kill("SIGTERM");
  await exit;
  const starts = startsIn(log);
  const figures = {
    starts: starts.length,
    doubled: starts.length - new Set(starts).size,
    "second process": isRefused ? "refused" : "took part",
  };
  keepFigures(`F23 ${control && "control, "}${kind}`, figures);
  return { ...figures, errors };
};

test("two processes on one store, one of them by a link, start nothing twice", {
  timeout: 120_000,
}, async () => {
  const [symbolic, hard] = [await watch("symbolic link", ""), await watch("hard link", "")];
  expect(symbolic).toMatchObject({ doubled: 0, "second process": "took part", errors: "" });
  expect(hard).toMatchObject({ doubled: 0, "second process": "refused" });
  expect(hard.errors).toContain("hard link");
});

test("control: scripts that know a store by its name start everything twice", {
  timeout: 120_000,
}, async () => {
  for (const kind of Object.keys(links) as Link[])
    expect((await watch(kind, "control")).doubled).toBeGreaterThan(2);
});
