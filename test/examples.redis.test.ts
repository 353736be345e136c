import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { hasRedis, needsRedis, startRedis } from "./engine/redis.ts";
import { watchRedis } from "./redis-in-use.ts";
import { type Machine, runOnVirtualTime } from "./virtual-machine.ts";

/**
 * Every example says at its end what it prints, and for how long and from when it was watched. `npx vitest run test/examples.redis.test.ts -u` writes
 * those lines anew.
 */
const folder = new URL("../examples/", import.meta.url);
const examples = readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name));
const pathOf = (name: string) => fileURLToPath(new URL(name, folder));
const headline =
  /^\/\/ It prints(?<redis>, beside a Redis)?(?:, in (?<length>.+) from (?<start>[\d-]+ [\d:]+) in (?<zone>\S+)|, (?<forReal>until Ctrl-C))?:$/m;
const usual = { start: "2026-03-02 09:00:00", zone: "Europe/Berlin", length: "0 seconds" };

const read = (name: string) => {
  const source = readFileSync(pathOf(name), "utf8");
  const found = headline.exec(source);
  if (!found) throw new Error(`${name} does not say what it prints`);
  const { redis, length, start, zone, forReal } = found.groups ?? {};
  const end = found.index + found[0].length;
  const printed = source
    .slice(end)
    .trim()
    .split("\n")
    .map((line) => line.replace(/^\/\/=> ?/, ""));
  return {
    source,
    machine: length && start && zone ? { length, start, zone } : usual,
    isForReal: forReal !== undefined,
    needsRedis: redis !== undefined,
    shown: source.slice(0, end),
    printed,
  };
};

const withLines = (shown: string, printed: readonly string[]): string =>
  `${shown}\n${printed.map((line) => `//=> ${line}`.trimEnd()).join("\n")}\n`;

const forReal = examples.filter((name) => read(name).isForReal);
const besideRedis = examples.filter((name) => read(name).needsRedis);
const onVirtualTime = examples.filter((name) => !forReal.includes(name));

const printsWhatItSays = async (name: string, outside?: Machine["outside"]): Promise<void> => {
  const { machine, shown, printed } = read(name);
  const lines = await runOnVirtualTime(
    pathOf(name),
    { ...machine, ...(outside && { outside }) },
    printed.length,
  );
  expect(lines).not.toEqual([]);
  await expect(withLines(shown, lines)).toMatchFileSnapshot(pathOf(name));
};

test.each(onVirtualTime.filter((name) => !besideRedis.includes(name)))("%s prints what it says", (name) =>
  printsWhatItSays(name),
);

describe.skipIf(!hasRedis)(needsRedis("beside a real Redis"), () => {
  /** What an example says one should type before it, word by word. */
  const typed = (source: string): readonly (readonly string[])[] =>
    [...source.matchAll(/^\/\/ {2}\$ redis-cli (.+)$/gm)].map(([, words]) =>
      [...words!.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word),
    );

  test.each(onVirtualTime.filter((name) => besideRedis.includes(name)))(
    "%s prints what it says",
    async (name) => {
      const redis = await startRedis();
      vi.stubEnv("REDIS_URL", redis.url);
      const watched = watchRedis();
      for (const words of typed(read(name).source)) redis.command(...words);
      await printsWhatItSays(name, watched);
      watched.disconnect();
      vi.unstubAllEnvs();
      await redis.stop();
    },
  );

  test("of two terminals each run is done once, and one goes on without the other", async () => {
    const redis = await startRedis();
    const start = () => startForReal("23-two-terminals.ts", { REDIS_URL: redis.url });
    const terminals = [start(), start()];
    const line = /^[\d-]+T[\d:.]+Z in process \d+$/;
    // The output of a job that runs often carries its name.
    const printed = () =>
      terminals
        .flatMap((one) => one.printed().split("\n"))
        .map((text) => text.replace(/^poll \| /, ""))
        .filter((text) => line.test(text));
    const untilPrinted = async (count: number) => {
      while (printed().length < count) await sleep(50);
    };
    await untilPrinted(3);
    expect(await terminals[0]!.interrupt()).toBe(0);
    await untilPrinted(printed().length + 3);
    expect(await terminals[1]!.interrupt()).toBe(0);
    await redis.stop();
    for (const text of read("23-two-terminals.ts").printed) expect(text).toMatch(line);
    const moments = printed().map((text) => Date.parse(text.split(" ")[0]!));
    const [first] = moments.sort((a, b) => a - b);
    expect(moments).toEqual(moments.map((_, i) => first! + i * 2_000));
  });
});

test("every example is short, says first what one will see, and installs what it needs besides onthedot", () => {
  for (const name of examples) {
    const { source } = read(name);
    const lines = source.split("\n");
    expect(name).toMatch(/^\d\d-[a-z0-9-]+\.ts$/);
    expect(lines[0], name).toMatch(/^\/\/ You will see\b.+\.$/);
    expect(lines.length, name).toBeLessThanOrEqual(60);
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
    expect(
      imported.some((from) => from?.startsWith("onthedot")),
      name,
    ).toBe(true);
    const [, installed = ""] = /^\/\/ {2}\$ npm install (.+)$/m.exec(source) ?? [];
    for (const from of imported)
      if (!installed.split(" ").some((one) => from === one || from?.startsWith(`${one}/`)))
        expect(from, name).toMatch(/^(onthedot(\/\w+)?|node:[\w/]+|ioredis)$/);
  }
});

test("the numbers are in order, and the table of contents has every example once", () => {
  const numbers = examples.map((name) => name.slice(0, 2));
  expect(new Set(numbers).size).toBe(numbers.length);
  const contents = readFileSync(new URL("README.md", folder), "utf8");
  const listed = [...contents.matchAll(/\]\((\d\d-[^)]+\.ts)\)/g)].map(([, name]) => name);
  expect(listed).toEqual(examples);
});

/** Starts an example as a person does, in real time. */
const startForReal = (name: string, env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ["--import", "tsx", pathOf(name)], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, ...env },
  });
  let printed = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      printed += text;
      for (const buildersAt of listeners) buildersAt();
    });
  return {
    printed: () => printed,
    until: (text: string) =>
      new Promise<void>((resolve, reject) => {
        const buildersAt = () => {
          if (printed.includes(text)) resolve();
        };
        listeners.add(buildersAt);
        child.once("exit", () => reject(new Error(`ended without "${text}":\n${printed}`)));
        buildersAt();
      }),
    async interrupt(): Promise<number> {
      child.kill("SIGINT");
      const [code] = await once(child, "exit");
      return code;
    },
  };
};

test("the quickstart shows its jobs, runs within seconds, and ends on Ctrl-C", async () => {
  const quickstart = startForReal("00-quickstart.ts");
  await quickstart.until("the tea is ready");
  expect(await quickstart.interrupt()).toBe(0);
  expect(quickstart.printed()).toContain("jobs=11 ");
});

test("the web server answers while its job goes on, and both end on Ctrl-C", async () => {
  const port = await freePort();
  const server = startForReal("18-in-a-web-server.ts", { PORT: String(port) });
  await server.until("listening");
  const answer = await (await fetch(`http://localhost:${port}`)).text();
  expect(answer).toMatch(/^(nothing yet|0 visitors); next look at \d\d:\d\d:\d\d\n$/);
  expect(await server.interrupt()).toBe(0);
  const { shown } = read("18-in-a-web-server.ts");
  await expect(withLines(shown, server.printed().trimEnd().split("\n"))).toMatchFileSnapshot(
    pathOf("18-in-a-web-server.ts"),
  );
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
