import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { doors } from "./doors.ts";

/**
 * Every name that leaves through a door has a comment where it is declared; `npm run docs` looks deeper, and needs a while for it.
 */
const root = join(import.meta.dirname, "..");

interface Exported {
  readonly name: string;
  /** The file that declares it. */
  readonly file: string;
}

const read = (file: string): string => readFileSync(join(root, file), "utf8");

const exportsOf = (door: string): Exported[] => {
  const text = read(door);
  const passedOn = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from "([^"]+)";$/gm)].flatMap(
    ([, names = "", from = ""]) =>
      [...names.matchAll(/(?:type )?(\w+)(?:,|\s*$)/g)].map(([, name = ""]) => ({
        name,
        file: join(dirname(door), from),
      })),
  );
  const takenOut = [...text.matchAll(/^export const \{([^}]*)\} =/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/^ *(\w+),$/gm)].map(([, name = ""]) => ({ name, file: door })),
  );
  const own = [...text.matchAll(/^export (?:const|class|interface|type|function) (\w+)/gm)].map(
    ([, name = ""]) => ({ name, file: door }),
  );
  return [...passedOn, ...takenOut, ...own];
};

/** The line before the one that declares a name. */
const lineBefore = ({ name, file }: Exported): string => {
  const lines = read(file).split("\n");
  const declares = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:const|class|interface|type|function) ${name}\\b|^  ${name},$`,
  );
  const at = lines.findIndex((line) => declares.test(line));
  if (at < 0) throw new Error(`${file} does not declare ${name}`);
  // A word for the linter may stand between a comment and what it is about.
  const above = lines.slice(0, at).findLast((line) => !line.startsWith("// biome-ignore"));
  return above ?? "";
};

test("the doors export what is known of them", () => {
  expect(doors.length).toBeGreaterThanOrEqual(4);
  const names = doors.flatMap((door) => exportsOf(door).map(({ name }) => name));
  for (const name of ["every", "run", "Job", "sqlite", "VirtualClock", "run_pending", "Scheduler"])
    expect(names).toContain(name);
});

test.each(doors)("every export of %s has a comment", (door) => {
  const bare = exportsOf(door).filter((one) => !lineBefore(one).endsWith("*/"));
  expect(bare).toEqual([]);
});

test("every option has a comment", () => {
  const bare = doors.flatMap(exportsOf).flatMap(({ name, file }) => {
    const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(
      read(file),
    )?.[1];
    if (!name.endsWith("Options") || body === undefined) return [];
    const lines = body.split("\n");
    return lines.flatMap((line, at) =>
      /^ {2}(?:readonly )?\w+\??:/.test(line) && !lines[at - 1]?.endsWith("*/")
        ? [`${name}: ${line.trim()}`]
        : [],
    );
  });
  expect(bare).toEqual([]);
});
