// Bundles the live page, src/page/client, with preact into one HTML file without any address in it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const folder = resolve(import.meta.dirname, "../src/page/client");

/** @returns {Promise<string>} */
export const buildPage = async () => {
  const { outputFiles } = await build({
    entryPoints: [`${folder}/main.tsx`, `${folder}/page.css`],
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
