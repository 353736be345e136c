import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * How a thread must be started to read a file as its starter would, or nothing when Node's own ways suffice. Threads do not get the hooks of tsx by
 * themselves: they are registered again, before anything else is loaded.
 */
export const argumentsFor = (file: string, given = process.execArgv): readonly string[] | undefined => {
  const preloads = preloadsIn(given);
  const starter = preloads.find(({ module }) => isTsx(module))?.module;
  if (!starter && (!isTypeScript(file) || canStripTypes)) return undefined;
  const from = starter?.startsWith("file:") ? starter : starter ? join(process.cwd(), "-") : file;
  const registering = registeringTsx(createRequire(from));
  if (!registering) return undefined;
  const others = preloads.filter(({ module }) => !isTsx(module));
  return ["--import", registering, ...others.flatMap(({ flag, module }) => [flag, module])];
};

interface Preload {
  readonly flag: string;
  readonly module: string;
}

/** `--import tsx`, `--import=tsx`, `-r ./setup.cjs` … */
const preloadsIn = (given: readonly string[]): readonly Preload[] =>
  given.flatMap((word, i): Preload[] => {
    const [, flag, joined] = /^(--import|--require|-r)(?:=(.*))?$/.exec(word) ?? [];
    const module = joined ?? given[i + 1];
    return flag && module !== undefined ? [{ flag, module }] : [];
  });

const isTsx = (module: string): boolean => /^tsx$|^tsx\/|[\\/]tsx[\\/]dist[\\/]/.test(module);

const isTypeScript = (file: string): boolean => /\.[cm]?tsx?$/.test(file);

const canStripTypes = "typescript" in process.features && Boolean(process.features.typescript);

/** A module that registers tsx, as an address of its own; nothing where tsx is not installed. */
const registeringTsx = (require: NodeJS.Require): string | undefined => {
  try {
    const manifest = require.resolve("tsx/package.json");
    const { exports } = require(manifest) as { exports: Record<string, { import: { default: string } }> };
    const [ofRequire, ofImport] = ["./cjs/api", "./esm/api"].map((name) =>
      pathToFileURL(join(dirname(manifest), exports[name]!.import.default)),
    );
    return `data:text/javascript,import*as a from"${ofRequire}";import*as b from"${ofImport}";a.register();b.register()`;
  } catch {
    return undefined;
  }
};
