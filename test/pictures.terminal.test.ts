import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stage } from "./live/stage.ts";
import { shownOn } from "./markdown.ts";
import { inTerminal, weekOf, written, writtenByUs } from "./pictures/scene.ts";
import { firstScript } from "./pictures/script.ts";
import { hasTmux } from "./terminal/tmux.ts";

/** What the README shows of a terminal is what a terminal shows, at one moment that is always the same. */
const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
const shown = shownOn("README.md", read("../README.md"));

/** How long a task took is the machine's. */
const plain = (text: string): string =>
  text
    .replaceAll(/\b\d+ms\b/g, "0ms")
    .replaceAll(/ +$/gm, "")
    .replaceAll(/^\n+|\n+$/g, "");

const canOpen = hasTmux();
if (!canOpen)
  console.warn("\n  LEFT OUT: what the README shows of a terminal needs tmux (apt-get install tmux).\n");

const screens = shown.filter(({ typed }) => /^npx tsx \w+\.ts$/.test(typed ?? ""));

describe.skipIf(!canOpen)("in a real terminal", { concurrent: true, timeout: 60_000 }, () => {
  test("two scripts are shown", () => expect(screens.length).toBeGreaterThanOrEqual(2));

  test.each(screens.map((one) => [one.line, one] as const))(
    "README.md:%i is on the screen",
    async (_line, { text, script }) => {
      const seen = await inTerminal(script!, (terminal) =>
        terminal.until((now) => plain(now) === plain(text)).catch(() => terminal.read()),
      );
      expect(plain(seen)).toBe(plain(text));
    },
  );
});

const commands = shown.flatMap((one) => {
  const [, ours, theirs] = /^npx (?:onthedot (.+)|tsx \w+\.ts (.+))$/.exec(one.typed ?? "") ?? [];
  const args = (ours ?? theirs)?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', ""));
  return args ? [{ ...one, args, isOurs: ours !== undefined }] : [];
});

test("commands are shown, of a script and of onthedot", () => {
  expect(new Set(commands.map(({ isOurs }) => isOurs))).toEqual(new Set([true, false]));
});

test.each(commands.map((one) => [one.typed!, one] as const))(
  "%s",
  async (_typed, { args, isOurs, script, text }) => {
    const seen = await (isOurs ? writtenByUs(args) : written(script!, args));
    expect(plain(seen)).toBe(plain(text));
  },
);

test("every block that shows a terminal is looked at here", () => {
  const others = shown.filter(
    (one) => !screens.includes(one) && !commands.some(({ line }) => line === one.line),
  );
  expect(others.map(({ text }) => text.split("\n")[0])).toEqual([
    "npm install onthedot tsx",
    expect.stringContaining("☾ asleep"),
    "ScheduleError: …",
  ]);
});

test("what a laptop that slept shows", async () => {
  const { clock, schedule, stdout, open } = stage({ start: "2026-11-22T17:45:00+01:00", columns: 96 });
  schedule
    .every()
    .day.at("02:30")
    .do(function backup() {});
  const viewer = open();
  await clock.advance("6 hours 32 minutes");
  clock.setTo("2026-11-23T07:58:30+01:00");
  await clock.advance("1 minute");
  viewer.close();
  const asleep = shown.find(({ text }) => text.includes("☾ asleep"))!;
  expect(plain(stdout.screen.join("\n"))).toContain(plain(asleep.text));
});

test("what a word that is not understood shows", async () => {
  const { when } = await import("onthedot");
  const { text } = shown.find((one) => one.text.startsWith("ScheduleError"))!;
  const [phrase] = /every .*/.exec(text)!;
  expect(() => when(phrase)).toThrow(text.slice(text.indexOf("\n") + 1));
});

test("the picture of the terminal says what the text beside it says", () => {
  const words = [...read("pictures/terminal.svg").matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
    ([, text = ""]) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
  );
  const { text } = screens.find(({ script }) => script?.name === firstScript.name)!;
  expect(plain(words.slice(1).join(" "))).toBe(plain(text).replaceAll(/\s+/g, " ").trim());
});

test("the picture of the week is what simulate draws", async () => {
  const drawn = await weekOf(firstScript);
  expect(read("pictures/timeline.svg")).toBe(drawn);
});
