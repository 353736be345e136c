import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { pages as users } from "./pages.ts";

/** What the pages say that code cannot check: where their links lead, and what the package needs. What it weighs is looked at where it is packed. */
const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const pages = [...users, "CHANGELOG.md", "CONTRIBUTING.md", "test/bench/README.md", "test/faults/README.md"];

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(pages)("every link on %s leads somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links.filter((link) => {
    const ours = /^https:\/\/raw\.githubusercontent\.com\/onthedot\/onthedot\/main\/(.*)$/.exec(link)?.[1];
    if (ours === undefined && /^https?:/.test(link)) return false;
    const [file = "", anchor] = (ours ?? link).split("#");
    const target = ours ?? (file === "" ? page : join(dirname(page), file));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test("the README names the runtime dependencies, and how many there are", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: object };
  const names = Object.keys(dependencies);
  const printed = /\b(\w+) runtime dependencies, each loaded when it is needed: ([\s\S]*?)\.\n/.exec(
    read("README.md"),
  );
  const count = ["no", "one", "two", "three", "four", "five", "six"][names.length];
  expect(printed?.[1]).toBe(count);
  expect([...(printed?.[2]?.matchAll(/`([^`]+)`/g) ?? [])].map(([, name]) => name).sort()).toEqual(
    names.sort(),
  );
});

test("who comes from Python's schedule finds the examples of its documentation, in their order", () => {
  const page = read("examples/guide/from-schedule.md");
  const headings = [...page.matchAll(/^## (.+)\n+([\s\S]*?)(?=^## |(?![\s\S]))/gm)];
  expect(headings.map(([, heading]) => heading)).toEqual([
    "Run a job every x minutes",
    "Use a decorator",
    "Pass arguments",
    "Cancel a job",
    "Run a job once",
    "Get all jobs",
    "Cancel all jobs",
    "Get jobs by tag",
    "Cancel jobs by tag",
    "Run at random intervals",
    "Run until a certain time",
    "Time until the next run",
    "Run all jobs now",
    "Its other pages",
    "What differs on purpose",
  ]);
  for (const [, heading, text] of headings.slice(0, -2)) {
    expect(text, heading).toContain("```python\n");
    expect(text, heading).toContain("```ts\n");
  }
});

/** The words of a page that are read as sentences: no code, no tables, no links' addresses. */
const proseOf = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/^[|#!].*$/gm, "")
    .replaceAll(/`[^`]*`/g, "it")
    .replaceAll(/\]\([^)]*\)/g, "")
    .replaceAll(/[[\]*]/g, "");

const syllablesOf = (word: string): number =>
  Math.max(
    1,
    (
      word
        .toLowerCase()
        .replace(/e$/, "")
        .match(/[aeiouy]+/g) ?? []
    ).length,
  );

/** How many years at school a text takes: https://en.wikipedia.org/wiki/Flesch–Kincaid_readability_tests */
const gradeOf = (text: string): number => {
  const sentences = text.split(/[.!?:](?:\s|$)|\n\n|\n- /).filter((one) => /[a-z]/i.test(one));
  const words = text.match(/[a-z][a-z'-]*/gi) ?? [];
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0);
  return 0.39 * (words.length / sentences.length) + 11.8 * (syllables / words.length) - 15.59;
};

test("the README is short and easy to read", () => {
  const text = read("README.md");
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(1_800);
  expect(gradeOf(proseOf("README.md"))).toBeLessThanOrEqual(9);
  expect(text.split("\n").filter((line) => line.startsWith("|") && line.length > 160)).toEqual([]);
});

test("the README in Chinese has the same code, pictures and sections, and one section more", () => {
  const codeOf = (page: string) => read(page).match(/^```[\s\S]*?^```$/gm) ?? [];
  const picturesOf = (page: string) =>
    [...read(page).matchAll(/^!\[[^\]]*\]\((.*)\)$/gm)].map(([, link]) => link);
  const sectionsOf = (page: string) => read(page).match(/^## .*$/gm) ?? [];
  const rowsOf = (page: string) => (read(page).match(/^\|.*$/gm) ?? []).length;
  const [english, chinese] = ["README.md", "README.zh-CN.md"] as const;
  const own =
    read(chinese)
      .split("\n## ")
      .find((one) => one.startsWith("四种写法对照")) ?? "";
  const ownCode: readonly string[] = own.match(/^```[\s\S]*?^```$/gm) ?? [];
  expect(ownCode.length).toBeGreaterThan(4);
  expect(codeOf(chinese).filter((block) => !ownCode.includes(block))).toEqual(codeOf(english));
  expect(picturesOf(chinese)).toEqual(picturesOf(english));
  expect(sectionsOf(chinese).length).toBe(sectionsOf(english).length + 1);
  expect(rowsOf(chinese) - (own.match(/^\|.*$/gm) ?? []).length).toBe(rowsOf(english));
});
