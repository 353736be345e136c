import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

/** From the ground up. Imports run down only, types too; rooms on one line do not know each other. */
const floors = [
  ["text"],
  ["errors", "require-package"],
  ["time"],
  ["checks"],
  ["terminal"],
  ["recurrence"],
  ["language", "policy"],
  ["job"],
  ["tasks"],
  ["fluent", "engine", "store"],
  ["scheduler"],
  ["notify", "simulate", "report", "lessons"],
  ["commands"],
  ["page", "playground"],
  ["live"],
  ["create"],
  ["default"],
  ["index", "schedule", "sqlite", "bullmq", "holidays", "testing"],
  ["cli"],
];

/** A package has one door in our code. */
const doors: Readonly<Record<string, string>> = {
  "chinese-workday": "fluent/day-sets.ts",
  "date-holidays": "fluent/day-sets.ts",
  "chrono-node": "language/chrono.ts",
  kleur: "terminal/style.ts",
  "node:sqlite": "store/sqlite.ts",
  "@photostructure/sqlite": "store/sqlite.ts",
  bullmq: "engine/bullmq/redis.ts",
  ioredis: "engine/bullmq/redis.ts",
  tinypool: "tasks/threads.ts",
};

const root = join(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  // The scripts of lessons are a user's scripts: they import the package by its name.
  (file) => file.endsWith(".ts") && !file.startsWith("lessons/scripts/"),
);

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports = files.flatMap((from): Import[] => {
  const text = readFileSync(join(root, from), "utf8").replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, "");
  const found = [
    ...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)";$|\b(?:require|import)\("([^"]+)"\)/gm),
  ];
  return found.map(([, fixed, called]) => {
    const to = (fixed ?? called)!;
    return { from, to: to.startsWith(".") ? relative(root, join(root, dirname(from), to)) : to };
  });
});

const roomOf = (file: string): string => file.split("/")[0]!.replace(/\.ts$/, "");
const floorOf = (file: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(file)));

test("every file lies in a room that is drawn", () => {
  expect(files.filter((file) => floorOf(file) < 0)).toEqual([]);
});

test("imports run down only", () => {
  const inside = imports.filter(({ to }) => to.endsWith(".ts") && !to.startsWith("."));
  expect(inside.length).toBeGreaterThan(100);
  const wrong = inside.filter(({ from, to }) => roomOf(from) !== roomOf(to) && floorOf(to) >= floorOf(from));
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test("features of daily life add nothing to what a script loads", () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(join(root, file), "utf8");
    for (const [, what = "", to = ""] of text.matchAll(/^(?:import|export)\b([^;]*?)from "(\.[^"]+)";$/gm))
      if (!/^\s*type\b/.test(what)) load(relative(root, join(root, dirname(file), to)));
  };
  load("index.ts");
  expect(loaded.size).toBeGreaterThan(60);
  const extra = [...loaded].filter((file) => dailyLife.test(file));
  expect(extra).toEqual([]);
  expect(files.filter((file) => dailyLife.test(file)).length).toBeGreaterThan(2);
});

/** Files that only a script loads that uses them. */
const dailyLife = /day-sets|holidays|why|crontab|rrule|awake|notify\.ts|ics/;

test("no file imports itself in a circle", () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const circleFrom = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const to of next.get(file) ?? []) {
      const circle = circleFrom(to, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  };
  expect(files.map((file) => circleFrom(file, [])).find(Boolean)).toBeUndefined();
});

test("every package is imported through one door", () => {
  const outside = imports.filter(({ to }) => !to.endsWith(".ts"));
  const known = outside.filter(({ to }) =>
    Object.keys(doors).some((name) => to === name || to.startsWith(`${name}/`)),
  );
  const wrong = known.filter(
    ({ from, to }) => !Object.entries(doors).some(([name, door]) => to.startsWith(name) && from === door),
  );
  expect(wrong).toEqual([]);
  const unknown = outside.filter(({ to }) => !to.startsWith("node:") && !known.some((one) => one.to === to));
  expect(unknown).toEqual([]);
});

test("the machine's clock and timers are read in one file", () => {
  const reads = /\bDate\.now\(|\bnew Date\(\)|(?<![.\w])setTimeout\(|\bsetInterval\(|\bperformance\.now\(/;
  const readers = files.filter((file) =>
    reads.test(readFileSync(join(root, file), "utf8").replaceAll(/^\s*(?:\*|\/\/|\/\*).*$/gm, "")),
  );
  expect(readers).toEqual(["time/clock.ts"]);
});

/** "default" alone is a word of the picture's language. */
const nodeOf = (room: string): string => (files.includes(`${room}.ts`) ? `${room}_[${room}.ts]` : room);

/** Which rooms a room imports, without those it reaches through another one anyway. */
const picture = (): string => {
  const rooms = floors.flat();
  const next = new Map(
    rooms.map((room) => [
      room,
      new Set(
        imports
          .filter(({ from, to }) => roomOf(from) === room && to.endsWith(".ts") && roomOf(to) !== room)
          .map(({ to }) => roomOf(to)),
      ),
    ]),
  );
  const reaches = (from: string, to: string): boolean =>
    [...next.get(from)!].some((room) => room === to || reaches(room, to));
  const lines = rooms.toReversed().flatMap((room) =>
    [...next.get(room)!]
      .filter((to) => ![...next.get(room)!].some((other) => other !== to && reaches(other, to)))
      .sort((a, b) => rooms.indexOf(b) - rooms.indexOf(a))
      .map((to) => `  ${nodeOf(room)} --> ${nodeOf(to)}`),
  );
  return ["```mermaid", "flowchart TD", ...lines, "```"].join("\n");
};

test("src/README.md shows which folder imports which (`-u` writes it anew)", async () => {
  const page = join(root, "README.md");
  const text = readFileSync(page, "utf8");
  const place = /(?<=<!-- imports -->\n\n)[\s\S]*?(?=\n\n<!-- \/imports -->)/;
  expect(text).toMatch(place);
  await expect(text.replace(place, picture)).toMatchFileSnapshot(page);
});

test("src/README.md names the rooms from the top down, and files that exist", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const folders = text.slice(text.indexOf("| folder |"), text.indexOf("<!-- imports -->"));
  const rows = [...folders.matchAll(/^\| (`.*?) \|/gm)].map(([, names = ""]) =>
    [...names.matchAll(/[\w-]+(?=\/|\.ts)/g)].map(([room]) => room),
  );
  expect(rows.flat().sort()).toEqual(floors.flat().sort());
  const heights = rows.map((rooms) => rooms.map((room) => floorOf(room)));
  const rising = heights.flatMap((row, i) =>
    Math.max(...row) > Math.min(...(heights[i - 1] ?? [Infinity])) ? [rows[i]] : [],
  );
  expect(rising).toEqual([]);
  const named = [...text.matchAll(/`((?:[\w-]+\/)*[\w.-]+(?:\/|\.tsx?|\.txt))`/g)].map(
    ([, name = ""]) => name,
  );
  expect(named.length).toBeGreaterThan(40);
  expect(
    named.filter((name) => ![root, join(root, "..")].some((base) => existsSync(join(base, name)))),
  ).toEqual([]);
});
