import { expect, test } from "vitest";
import { StatusArea, type Terminal } from "../../src/terminal/status-line.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

const drawn = () => new Promise((go) => setImmediate(go));

const opened = (env = {}, columns = 80) => {
  const stdout = new PretendTerminal(columns);
  const writes = stdout.write;
  const status = { text: "  next tick in 5s" };
  const area = new StatusArea([stdout], () => status.text, env);
  area.redraw();
  return { stdout, area, status, writes };
};

for (const env of [{}, { NO_COLOR: "1" }])
  test(`what jobs write goes above the status line, unchanged ${JSON.stringify(env)}`, async () => {
    const { stdout, area, status } = opened(env);
    stdout.write("one\n");
    stdout.write(new TextEncoder().encode("two é\n"));
    await drawn();
    expect(stdout.screen).toEqual(["one", "two é", "  next tick in 5s"]);
    status.text = "  next 4s";
    area.redraw();
    expect(stdout.screen.at(-1)).toBe("  next 4s");
    area.print(["three"]);
    await drawn();
    expect(stdout.screen).toEqual(["one", "two é", "three", "  next 4s"]);
    area.close();
    expect(stdout.screen).toEqual(["one", "two é", "three"]);
    expect(stdout.raw.includes("\x1b")).toBe(!("NO_COLOR" in env));
  });

test("a half-written line suspends it, and a line of ours does not run into it", async () => {
  const { stdout, area } = opened();
  stdout.write("50 %");
  await drawn();
  area.redraw();
  expect(stdout.screen).toEqual(["50 %"]);
  stdout.write(" done\n");
  await drawn();
  expect(stdout.screen).toEqual(["50 % done", "  next tick in 5s"]);
  stdout.write("...");
  area.print(["17:45:00  ok"]);
  await drawn();
  expect(stdout.screen).toEqual(["50 % done", "...", "17:45:00  ok", "  next tick in 5s"]);
});

test("many writes cost one drawing, and an unchanged line none", async () => {
  const { stdout, area } = opened();
  for (let i = 0; i < 100; i++) stdout.write(`${i}\n`);
  await drawn();
  area.redraw();
  expect(stdout.raw.split("next tick").length - 1).toBe(2);
});

test("a window that changes its width gets the line anew", () => {
  const { stdout, status } = opened();
  status.text = "  next…";
  stdout.resize(10);
  expect(stdout.screen).toEqual(["  next…"]);
});

test("a write keeps its result and its callback, and the stream is as it was afterwards", async () => {
  const stdout = new PretendTerminal(80);
  const calls: unknown[][] = [];
  stdout.write = (...args: unknown[]) => {
    calls.push(args);
    return false;
  };
  const before = stdout.write;
  const area = new StatusArea([stdout], () => undefined, {});
  const done = () => {};
  expect((stdout as Terminal).write("text\n", "utf8" as never, done as never)).toBe(false);
  expect(calls).toEqual([["text\n", "utf8", done]]);
  area.close();
  expect(stdout.write).toBe(before);
});
