import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** What the pages say that code cannot check: where their links lead, and what the package needs. What it weighs is looked at where it is packed. */
const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

const places = ["README.md", "CHANGELOG.md", "examples", "scripts"].filter((place) =>
  existsSync(join(root, place)),
);
const pages = places.flatMap((place) =>
  place.endsWith(".md")
    ? [place]
    : readdirSync(join(root, place))
        .filter((name) => name.endsWith(".md"))
        .map((name) => `${place}/${name}`),
);

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
    if (/^https?:/.test(link)) return false;
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? page : join(dirname(page), file);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(broken).toEqual([]);
});

test("the README names the runtime dependencies, and how many there are", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: object };
  const names = Object.keys(dependencies);
  const said = /\b(\w+) runtime dependencies, each loaded when it is needed: ([\s\S]*?)\.\n/.exec(
    read("README.md"),
  );
  const count = ["no", "one", "two", "three", "four", "five", "six"][names.length];
  expect(said?.[1]).toBe(count);
  expect([...(said?.[2]?.matchAll(/`([^`]+)`/g) ?? [])].map(([, name]) => name).sort()).toEqual(names.sort());
  expect(read("README.md")).toMatch(new RegExp(`^\\| onthedot \\|.* ${names.length} \\|$`, "m"));
});

test("who comes from Python's schedule finds the examples of its documentation, in their order", () => {
  const page = read("examples/coming-from.md");
  const part = page.slice(page.indexOf("## Python's schedule"), page.indexOf("\n## APScheduler"));
  const headings = [...part.matchAll(/^### (.+)\n+([\s\S]*?)(?=^### |(?![\s\S]))/gm)];
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
  ]);
  for (const [, heading, text] of headings.slice(0, -1)) {
    expect(text, heading).toContain("```python\n");
    expect(text, heading).toContain("```ts\n");
  }
});
