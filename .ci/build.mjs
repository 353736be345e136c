// Builds dist: `npm run build`.
//
//   dist/*.js, dist/cli/cli.js      the entry points, with what they share in dist/chunks
//   dist/*.cjs, dist/*.d.cts        the same for require()
//   dist/chunks/lazy-imports.js     every import() of the package
//   dist/cli/main.js                the command: loads cli.js through Node's compile cache
//   dist/tasks/thread.js            what runs in a worker thread, found by its file
//   dist/when-needed.js             loads reader.cjs (reads phrases), cron.cjs, writer.cjs (describes schedules),
//                                   en.cjs and zh.cjs (texts), each at its first use
//   dist/playground.html            what npx onthedot playground writes
//   dist/*.d.ts                     the types of the entry points, with what they share in dist/chunks
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { buildPage } from "./page.mjs";

const root = resolve(import.meta.dirname, "..");
process.chdir(root);
const { version, exports } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("dist", { recursive: true, force: true });

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  packages: "external",
  define: { ONTHEDOT_VERSION: JSON.stringify(version) },
  // Less to load. Names stay, for stacks.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
};

/** The files that a source of the library loads by import("./file.ts"), and how the package names them. The command has chunks of its own. */
const lazyImport = /(?<![\w.])import\("(\.[^"]+)"\)/g;
const isLibrary = (file) =>
  !/^(?:cli|lessons)\/|^commands\/(?:init|crontab|service|lessons|playground)\./.test(relative("src", file));
const lazyFiles = [
  ...new Set(
    readdirSync("src", { recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => resolve("src", name))
      .filter(isLibrary)
      .flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(lazyImport)].map(([, path]) => resolve(dirname(file), path)),
      ),
  ),
].sort();
const lazyName = (file) => relative("src", file).replace(/\.ts$/, "").replaceAll(/\W/g, "-");
const lazyFunction = (file) => `import_${lazyName(file).replaceAll("-", "_")}`;

/**
 * tsx parses every file that contains an import(), and most of this package is in one file: a start took 130 ms more than without this. So all
 * import()s are in one small file, `#lazy-imports` (package.json, "imports"), and the sources call its functions. Bundlers see ordinary import()s.
 */
const lazyImports = {
  name: "lazy imports",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#lazy-imports$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      if (!isLibrary(file)) return undefined;
      const names = new Set();
      const contents = readFileSync(file, "utf8").replaceAll(lazyImport, (_, path) => {
        const name = lazyFunction(resolve(dirname(file), path));
        names.add(name);
        return `${name}()`;
      });
      if (names.size === 0) return undefined;
      return {
        contents: `import { ${[...names].join(", ")} } from "#lazy-imports"; ${contents}`,
        loader: "ts",
      };
    });
  },
};

/**
 * Half of the package reads phrases, and many scripts use none; cron lines are read and schedules described only sometimes; texts are for errors and
 * screens. Sources import these files; in the package that is `#when-needed`, whose functions load them at the first call. Bundlers get all-at-once.js instead, which they can follow.
 */
const apart = {
  en: "src/text/en.ts",
  zh: "src/text/zh.ts",
  reader: "src/language/reader.ts",
  cron: "src/language/cron/parse.ts",
  writer: "src/language/describe.ts",
};
const partOf = Object.fromEntries(Object.entries(apart).map(([part, file]) => [resolve(file), part]));
const whenNeeded = {
  name: "when needed",
  setup({ initialOptions, onResolve, onLoad }) {
    const namespace = "when-needed";
    onResolve({ filter: /\/(?:en|zh|reader|parse|describe)\.ts$/ }, ({ path, resolveDir, kind }) => {
      const part = kind === "entry-point" ? undefined : partOf[resolve(resolveDir, path)];
      if (!part) return undefined;
      // One of them that needs another is CommonJS itself.
      return initialOptions.format === "cjs"
        ? { path: part, namespace }
        : { path: "#when-needed", external: true };
    });
    onResolve({ filter: /\.cjs$/, namespace }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace }, ({ path: part }) => ({
      contents: functionsOf[part]
        .map((name) => `export const ${name} = (...args) => require("./${part}.cjs").${name}(...args);\n`)
        .join(""),
    }));
  },
};

const entryPoints = Object.values(exports)
  .flatMap((one) => one.import?.default ?? [])
  .map((file) => file.replace("./dist/", "").replace(/\.js$/, ""));

// CommonJS, because it is loaded in the middle of a statement; and an ES module that require() loads exists twice under tsx, for 57 ms more.
const functionsOf = {};
for (const [part, file] of Object.entries(apart)) {
  await build({
    ...common,
    entryPoints: [file],
    plugins: [whenNeeded],
    format: "cjs",
    define: { ...common.define, "import.meta.url": "__filename" },
    outfile: `dist/${part}.cjs`,
  });
  functionsOf[part] = Object.entries(createRequire(import.meta.url)(`../dist/${part}.cjs`))
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name);
}
const parts = Object.entries(functionsOf);
writeFileSync(
  "dist/when-needed.js",
  `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
let ${parts.map(([part]) => part).join(", ")};
${parts
  .flatMap(([part, names]) =>
    names.map(
      (name) =>
        `export const ${name} = (...args) => (${part} ??= require("./${part}.cjs")).${name}(...args);\n`,
    ),
  )
  .join("")}`,
);
writeFileSync("dist/playground.html", await buildPage("playground"));
writeFileSync(
  "dist/all-at-once.js",
  parts.map(([part, names]) => `export { ${names.join(", ")} } from "./${part}.cjs";\n`).join(""),
);

await build({
  ...common,
  entryPoints: [
    ...[...entryPoints, "cli/cli"].map((name) => ({ in: `src/${name}.ts`, out: name })),
    ...lazyFiles.map((file) => ({ in: file, out: `chunks/${lazyName(file)}` })),
  ],
  plugins: [lazyImports, whenNeeded],
  define: { ...common.define, ONTHEDOT_PAGE: JSON.stringify(await buildPage()) },
  format: "esm",
  splitting: true,
  // Every entry point imports the default scheduler: what it needs becomes one chunk, and not one for each set of entry points that share something.
  inject: ["src/default.ts"],
  // package.json speaks of dist, so its "sideEffects" would leave out sources that have some.
  ignoreAnnotations: true,
  outdir: "dist",
  chunkNames: "chunks/shared-[hash]",
});
writeFileSync(
  "dist/chunks/lazy-imports.js",
  lazyFiles
    .map((file) => `export const ${lazyFunction(file)} = () => import("./${lazyName(file)}.js");\n`)
    .join(""),
);

/** Loaded by main.js, after that has switched on Node's compile cache. */
const cliFile = () => ({ path: "./cli.js", external: true });
await build({
  ...common,
  entryPoints: [
    { in: "src/tasks/thread.ts", out: "tasks/thread" },
    { in: "src/cli/main.ts", out: "cli/main" },
  ],
  plugins: [
    whenNeeded,
    { name: "cli", setup: ({ onResolve }) => onResolve({ filter: /\/cli\.ts$/ }, cliFile) },
  ],
  format: "esm",
  outdir: "dist",
});

// What require() gives: the ES modules themselves. createRequire goes around Node 20, which cannot link them when a CommonJS script was imported, as
// tsx does with .cts files. TypeScript wants types of its own for a CommonJS file; they refer to the others.
for (const name of entryPoints) {
  const file = `./${name}.js`;
  // A default export holds the named ones, and TypeScript takes the module itself for it.
  const { default: _, ...named } = await import(`../dist/${name}.js`);
  const exported = Object.entries(named);
  // The second line never runs: what an import() of this file gives is read from it.
  writeFileSync(
    `dist/${name}.cjs`,
    `module.exports = require("node:module").createRequire(__filename)("${file}");\n` +
      `0 && (module.exports = { ${exported.map(([key]) => key).join(", ")} });\n`,
  );
  const from = `import("${file}", { with: { "resolution-mode": "import" } })`;
  const values = exported.map(
    ([key, value]) =>
      `export declare const ${key}: typeof ${from}.${key};\n` +
      (/^class\b/.test(String(value)) ? `export type ${key} = ${from}.${key};\n` : ""),
  );
  const typesOf = `export type * from "${file}" with { "resolution-mode": "import" };\n`;
  writeFileSync(`dist/${name}.d.cts`, typesOf + values.join(""));
}

// The types: of what tsc writes, what can be reached from the entry points, in few files and without what is private.
const written = mkdtempSync(join(tmpdir(), "onthedot-types-"));
execFileSync("npx", ["tsc", "-p", "tsconfig.build.json", "--outDir", written], { stdio: "inherit" });
const types = await rolldown({
  input: Object.fromEntries(entryPoints.map((name) => [name, join(written, `${name}.d.ts`)])),
  external: (name) => !/^[./]/.test(name),
  plugins: [dts({ dtsInput: true })],
});
const { output } = await types.generate({ chunkFileNames: "chunks/types-[hash].js" });
for (const { fileName, code } of output)
  writeFileSync(join("dist", fileName), code.replaceAll(/^\/\/.*\n/gm, ""));
rmSync(written, { recursive: true });
