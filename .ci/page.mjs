// Bundles a page, src/page/client or src/playground/client, with preact into one HTML file without any address in it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");

/**
 * In a browser there are no programs, threads or packages to install, and nobody reads JSON: these files are empty there. Nothing else of the core may need Node, or the
 * build fails.
 */
const notThere =
  '() => { throw Object.assign(new Error("not in a browser"), { code: "MODULE_NOT_FOUND" }); }';
const withoutNode = {
  name: "without Node",
  setup({ onResolve, onLoad }) {
    const instead = {
      "tasks/prepare.ts": `export const programTask = ${notThere}; export const workerTask = programTask;`,
      "require-package.ts": `export const requirePackage = ${notThere};`,
      "recurrence/json.ts": `export const readRecurrence = ${notThere};`,
      // chrono-node finds moments that our own words do not reach: here it finds none.
      "/chrono.ts": "export const findMoment = () => undefined;",
    };
    onResolve({ filter: /\.ts$/ }, ({ path }) => {
      const file = Object.keys(instead).find((one) => path.endsWith(one));
      return file && { path: file, namespace: "without-node" };
    });
    onLoad({ filter: /./, namespace: "without-node" }, ({ path }) => ({ contents: instead[path] }));
  },
};

/** The texts of what a page does not have, such as the screen, are left out: they are most of both catalogues. */
const fewerTexts = (kept) => ({
  name: "fewer texts",
  setup({ onLoad }) {
    onLoad({ filter: /\/text\/(?:en|zh)\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll(/^ {2}(\w+): \{\n[\s\S]*?^ {2}\},\n/gm, (section, name) =>
          kept.includes(name) ? section : "",
        )
        .replaceAll(/^ {4}(?:json|program|calendar): (?:\{|\([^)]*\) => \(\{)\n[\s\S]*?^ {4}\}\)?,\n/gm, ""),
      loader: "ts",
    }));
  },
});

/** A playground reads what somebody types, and runs it where it is a chain. */
const policy =
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">";

/**
 * @param {"page" | "playground"} name
 * @returns {Promise<string>}
 */
export const buildPage = async (name = "page") => {
  const folder = `${root}/src/${name}/client`;
  const { outputFiles } = await build({
    entryPoints: [`${folder}/main.tsx`, `${folder}/${name}.css`],
    outdir: "page",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome110", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
    banner: { js: 'globalThis.process ??= { argv: [], env: {}, versions: {}, platform: "browser" };' },
    define: { "import.meta.url": JSON.stringify("") },
    plugins: [
      withoutNode,
      fewerTexts(name === "page" ? ["time"] : ["phrases", "cron", "errors", "time", "clockChanges"]),
    ],
    logLevel: "warning",
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  // What is put in may hold `$&`, and the end of a script inside a script would end it.
  return readFileSync(`${root}/src/page/client/page.html`, "utf8")
    .replace("<title>", () => (name === "page" ? "<title>" : `${policy}\n<title>`))
    .replace("<style></style>", () => `<style>${text(".css")}</style>`)
    .replace(
      "<script></script>",
      () => `<script>${text(".js").replaceAll("</script", "<\\/script")}</script>`,
    );
};
