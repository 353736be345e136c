import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stage } from "./live/stage.ts";
import { shownOn } from "./markdown.ts";
import { pages } from "./pages.ts";
import { commandOf, inTerminal, plain, weekOf, written, writtenByUs } from "./pictures/scene.ts";
import { firstScript } from "./pictures/script.ts";
import { hasTmux } from "./terminal/tmux.ts";

/** What the README and the guide show of a terminal is what a terminal shows, at one moment that is always the same. */
const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
const shown = pages.flatMap((page) =>
  shownOn(page, read(`../${page}`)).map((one) => ({ ...one, place: `${page}:${one.line}` })),
);

const canOpen = hasTmux();
if (!canOpen)
  console.warn("\n  LEFT OUT: what the pages show of a terminal needs tmux (apt-get install tmux).\n");

const screens = shown.filter(({ typed }) => /^npx tsx \w+\.ts$/.test(typed ?? ""));

describe.skipIf(!canOpen)("in a real terminal", { concurrent: true, timeout: 60_000 }, () => {
  test("a script is shown", () => expect(screens.length).toBeGreaterThanOrEqual(1));

  test.each(screens.map((one) => [one.place, one] as const))(
    "%s is on the screen",
    async (_place, { text, script }) => {
      const seen = await inTerminal(script!, (terminal) =>
        terminal.until((now) => plain(now) === plain(text)).catch(() => terminal.read()),
      );
      expect(plain(seen)).toBe(plain(text));
    },
  );
});

const commands = shown.flatMap((one) => {
  const command = commandOf(one);
  return command ? [{ ...one, ...command }] : [];
});

test("commands are shown, of a script and of onthedot", () => {
  expect(new Set(commands.map(({ isOurs }) => isOurs))).toEqual(new Set([true, false]));
});

test.each(commands.map((one) => [`${one.place}: ${one.typed}`, one] as const))(
  "%s",
  async (_typed, { args, isOurs, script, text }) => {
    const seen = await (isOurs ? writtenByUs(args) : written(script!, args));
    expect(plain(seen)).toBe(plain(text));
  },
);

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
  for (const { text } of shown.filter(({ text }) => text.includes("☾ asleep")))
    expect(plain(stdout.screen.join("\n"))).toContain(plain(text));
});

test("the picture of the week is what simulate draws", async () => {
  const drawn = await weekOf(firstScript);
  expect(read("pictures/timeline.svg")).toBe(drawn);
});

test.skipIf(!canOpen)(
  "the picture of the terminal is what the terminal shows",
  { timeout: 60_000 },
  async () => {
    const words = [...read("pictures/terminal.svg").matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
      ([, text = ""]) => text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code)),
    );
    const seen = await inTerminal(firstScript, async (terminal) => {
      await terminal.until(/✔ checkPrice[\s\S]*next tick in 2s/);
      return terminal.read();
    });
    const inOneLine = (text: string) => plain(text).replaceAll(/\s+/g, " ").trim();
    expect(inOneLine(words.slice(1).join(" "))).toBe(inOneLine(seen));
  },
);
