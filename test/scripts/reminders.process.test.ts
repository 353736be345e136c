import { readFileSync, unwatchFile, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { runOnVirtualTime } from "../virtual-machine.ts";
import { call, newFolder, pathOf, receive, treeOf, withEnvironment } from "./call.ts";

const fileWith = (...lines: string[]): string => {
  const file = join(newFolder(), "my reminders ü.txt");
  writeFileSync(file, lines.join("\n"));
  return file;
};

/** The jobs by their names, and when each runs in words. */
const listed = async (file: string, env: Record<string, string> = {}) => {
  const { code, out, err } = await call("reminders.ts", ["list", "--json"], {
    env: { REMINDERS: file, ...env },
  });
  const all: { job: string; when: string; ended?: object }[] = code === 0 ? JSON.parse(out).jobs : [];
  const jobs = all.filter(({ ended }) => !ended);
  return {
    code,
    err,
    jobs: Object.fromEntries(jobs.map(({ job, when }) => [job, when])),
  };
};

describe.concurrent("a file of reminders", { timeout: 120_000 }, () => {
  test("is read line by line, in English and Chinese, whatever stands between when and what", async () => {
    const file = fileWith(
      "\ufeff# mine",
      "every weekday at 8:55: stand-up\r",
      "",
      "every monday - friday at 9 - read: mail - all of it",
      "每天早上8：30：吃药",
      "每天8点：30个俯卧撑",
      "every hour at :20: drink",
      "last workday of the month at 10am | pay the rent",
      "every day at 18:00\twater the plants",
      "every day at 9: stand-up",
    );
    const { jobs, err } = await listed(file);
    expect(err).toBe("");
    expect(jobs).toEqual({
      "stand-up": "every weekday at 08:55",
      "read: mail - all of it": "every weekday at 09:00",
      吃药: "every day at 08:30",
      "30个俯卧撑": "every day at 08:00",
      drink: "every hour at :20",
      "pay the rent": "on the last workday of every month at 10:00",
      "water the plants": "every day at 18:00",
      "stand-up (2)": "every day at 09:00",
    });
  });

  test("shows a line that cannot be read, with the place and the nearest form; the others count", async () => {
    const file = fileWith(
      "every weekdya at 9: tea",
      "每天早上8点：吃药",
      "just text",
      "every day at 9:",
      "every 2nd tuesday at 9: x",
    );
    const before = readFileSync(file);
    const { code, jobs, err } = await listed(file);
    expect(code).toBe(0);
    expect(jobs).toEqual({ 吃药: "every day at 08:00" });
    expect(err).toMatch(
      /my reminders ü\.txt:1: .*Did you mean "weekday"\?[\s\S]*?every weekdya at 9\n +\^{7}\n/,
    );
    expect(err).toMatch(/txt:3: .*"every monday at 9: stand-up"/);
    expect(err).toMatch(/txt:4: /);
    expect(err).toMatch(/txt:5: .*"every other tuesday" or "the 2nd tuesday of every month"/);
    expect(readFileSync(file)).toEqual(before);
  });

  test("warns of a day that is counted from now, and tells what was due just before", async () => {
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const file = fileWith(
      "tomorrow at 9: dentist",
      `${hourAgo}: call mum`,
      "2020-01-01 09:00: long ago",
      "2099-01-01 09:00: far",
    );
    const { jobs, err } = await listed(file);
    expect(Object.keys(jobs).sort()).toEqual(["dentist", "far"]);
    expect(err).toMatch(/txt:1: "tomorrow at 9" is counted from now, .* write: \d{4}-\d\d-\d\d 09:00$/m);
    expect(err).toMatch(/^my reminders ü\.txt:2: was due .*: call mum$/m);
    expect((await listed(file, { REMEMBER: newFolder() })).err).toBe("");
  });

  test("that is not there is reported, with one to begin with, and none is made", async () => {
    const cwd = newFolder();
    const { code, err } = await call("reminders.ts", [], { cwd });
    expect(code).toBe(1);
    expect(err).toContain(`There is no ${join(cwd, "reminders.txt")}`);
    expect(treeOf(cwd)).toEqual([]);
    const example = err
      .split("\n")
      .filter((line) => /^ {2}\S.*[:：]/.test(line) && !line.includes("There is no"));
    expect(example.length).toBe(5);
    expect((await listed(fileWith(...example))).err).toBe("");
  });

  test("is read again when it changes, while it runs", async () => {
    const file = fileWith("every day at 9: old", "every day at 10: moved");
    const { code, out } = await call("reminders.ts", ["--json"], {
      env: { REMINDERS: file },
      onOutput(out) {
        if (!out.includes("was read again"))
          writeFileSync(file, "every second: moved\nevery day at 9: new\n");
      },
      until: /"event":"succeeded","job":"moved"/,
    });
    expect(code).toBe(0);
    expect(out).toContain("my reminders ü.txt was read again");
    expect(out).toMatch(/"event":"registered","job":"new"/);
    expect(out).toMatch(/"event":"removed","job":"old"/);
    expect(out).not.toMatch(/"event":"removed","job":"moved"/);
  });

  test("reminds by an address, or refuses a way that it does not know", async () => {
    const { url, messages, close } = await receive();
    const file = fileWith("每天早上8点：吃药");
    const env = { REMINDERS: file, REMINDERS_BY: url };
    expect((await call("reminders.ts", ["run", "吃药"], { env })).code).toBe(0);
    expect(JSON.parse(messages[0]!)).toMatchObject({ text: "吃药", job: "吃药" });
    close();
    const { code, err } = await call("reminders.ts", ["list"], {
      env: { REMINDERS: file, REMINDERS_BY: "dekstop" },
    });
    expect(code).toBe(1);
    expect(err).toContain('did you mean "desktop"?');
  });

  test("reminds on the desktop by a program that gets the text as it is", async () => {
    const folder = newFolder();
    const program = join(folder, process.platform === "darwin" ? "osascript" : "notify-send");
    writeFileSync(program, `#!/bin/sh\nfor last; do :; done\nprintf '%s' "$last" > "${folder}/shown"\n`, {
      mode: 0o755,
    });
    const file = fileWith("every day at 9: -n $(rm x) \"quoted\" 'é'");
    const env = { REMINDERS: file, REMINDERS_BY: "desktop", PATH: `${folder}:${process.env.PATH}` };
    expect(
      await call("reminders.ts", ["run", "-n $(rm x) \"quoted\" 'é'"].toSpliced(1, 0, "--"), { env }),
    ).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "shown"), "utf8")).toBe("-n $(rm x) \"quoted\" 'é'");
  });
});

test("reminders come when their phrases say so", async () => {
  const file = fileWith("every weekday at 8:55: stand-up", "2026-03-03 12:00: dentist", "每天早上8点：吃药");
  const machine = { start: "2026-03-01 09:00:00", zone: "Europe/Berlin", length: "72 hours" };
  const warned = vi.spyOn(console, "error").mockImplementation(() => {});
  try {
    const printed = await withEnvironment({ REMINDERS: file }, () =>
      runOnVirtualTime(pathOf("reminders.ts"), machine, 6),
    );
    expect(printed).toEqual(["吃药", "stand-up", "吃药", "stand-up", "dentist", "吃药", "stand-up"]);
    expect(warned).not.toHaveBeenCalled();
  } finally {
    warned.mockRestore();
    unwatchFile(file);
  }
});
