// Bundles a page, src/page/client or src/playground/client, with preact into one HTML file without any address in it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");

/**
 * In a browser there are no programs, threads or packages to install, and nobody reads JSON: these files are empty there. Nothing else of the core may need Node, or the
 * build fails.
 */
const withoutNode = {
  name: "without Node",
  setup({ onResolve, onLoad }) {
    const instead = {
      "tasks/prepare.ts": ["programTask", "workerTask"],
      "require-package.ts": ["requirePackage"],
      "recurrence/json.ts": ["readRecurrence"],
    };
    onResolve({ filter: /\.ts$/ }, ({ path }) => {
      const file = Object.keys(instead).find((one) => path.endsWith(one));
      return file && { path: file, namespace: "without-node" };
    });
    onLoad({ filter: /./, namespace: "without-node" }, ({ path }) => ({
      contents: instead[path]
        .map((name) => `export const ${name} = () => { throw new Error("not in a browser"); };`)
        .join("\n"),
    }));
  },
};

/** The texts of what a browser does not have, such as the screen, are left out: they are half of both catalogues. */
const fewerTexts = {
  name: "fewer texts",
  setup({ onLoad }) {
    const kept = new Set(["phrases", "cron", "errors", "time"]);
    onLoad({ filter: /\/text\/(?:en|zh)\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(
        /^ {2}(\w+): \{\n[\s\S]*?^ {2}\},\n/gm,
        (section, name) => (kept.has(name) ? section : ""),
      ),
      loader: "ts",
    }));
  },
};

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
    plugins: [withoutNode, fewerTexts],
    logLevel: "warning",
  });
  const text = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  // What is put in may hold `$&`, and the end of a script inside a script would end it.
  return readFileSync(`${folder}/page.html`, "utf8")
    .replace("<style></style>", () => `<style>${text(".css")}</style>`)
    .replace(
      "<script></script>",
      () => `<script>${text(".js").replaceAll("</script", "<\\/script")}</script>`,
    );
};
