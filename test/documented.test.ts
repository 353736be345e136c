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
  const takenOut = [...text.matchAll(/^export const \{([\s\S]*?)^\} =/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/^ *(\w+),$/gm)].map(([, name = ""]) => ({ name, file: door })),
  );
  const own = [...text.matchAll(/^export (?:const|class|interface|type|function) (\w+)/gm)].map(
    ([, name = ""]) => ({ name, file: door }),
  );
  return [...passedOn, ...takenOut, ...own];
};

interface Declared {
  readonly comment: string;
  /** Up to the body of a function, and with the members of an interface or a class. */
  readonly declaration: string;
}

const declared = ({ name, file }: Exported): Declared => {
  const lines = read(file).split("\n");
  const declares = new RegExp(
    `^export (?:declare )?(?:abstract )?(?:const|class|interface|type|function) ${name}\\b|^  ${name},$`,
  );
  const at = lines.findIndex((line) => declares.test(line));
  if (at < 0) throw new Error(`${file} does not declare ${name}`);
  const hasMembers = /^export (?:class|interface)/.test(lines[at]!) && !lines[at]!.endsWith("}");
  const length = hasMembers
    ? lines.slice(at).indexOf("}")
    : lines.slice(at).findIndex((line) => /[;{},]$/.test(line));
  // A word for the linter may stand between a comment and what it is about.
  const above = lines.slice(0, at).filter((line) => !line.startsWith("// biome-ignore"));
  const start = above.findLastIndex((line) => line.trim().startsWith("/**"));
  return {
    comment: above.at(-1)?.endsWith("*/") ? above.slice(start).join("\n") : "",
    declaration: lines.slice(at, at + length + 1).join("\n"),
  };
};

test("the doors export what is known of them", () => {
  expect(doors.length).toBeGreaterThanOrEqual(4);
  const names = doors.flatMap((door) => exportsOf(door).map(({ name }) => name));
  for (const name of ["every", "run", "Job", "sqlite", "VirtualClock", "run_pending", "Scheduler"])
    expect(names).toContain(name);
});

test.each(doors)("every export of %s has a comment", (door) => {
  const bare = exportsOf(door).filter((one) => declared(one).comment === "");
  expect(bare).toEqual([]);
});

/** `readme.process.test.ts` runs each example, and compares what it prints. */
test("every export has an example; plain data may share that of what takes or returns it", () => {
  const all = doors.flatMap(exportsOf).map((one) => ({ ...one, ...declared(one) }));
  const isShown = ({ comment }: Declared) => /@example\n *\* ```ts\n/.test(comment);
  const isData = ({ declaration }: Declared) =>
    /^export (?:interface|type)/.test(declaration) && !/^ {2}\w+\??(?:<.*>)?\(/m.test(declaration);
  const shared = all
    .filter(isShown)
    .map(({ declaration }) => declaration)
    .join("\n");
  const without = all
    .filter((one) => !isShown(one) && !(isData(one) && new RegExp(`\\b${one.name}\\b`).test(shared)))
    .map(({ name, file }) => `${name} (${file})`);
  expect(without).toEqual([]);
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
