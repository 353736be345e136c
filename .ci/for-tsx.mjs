// The last step of the build. tsx goes word by word through every file that has an import() in it, and most of this package is in one file: a start took
// 130 ms more than it does without. So the large files call an import() that stands in a small file of its own, beside them.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../dist/chunks/", import.meta.url);
const small = 100_000;

for (const name of readdirSync(folder)) {
  const file = new URL(name, folder);
  const text = readFileSync(file, "utf8");
  if (text.length < small) continue;
  const called = text.replaceAll(/\bimport\((?="\.\/)/g, "importChunk(");
  writeFileSync(file, `import { importChunk } from "./import-chunk.js";\n${called}`);
}
writeFileSync(new URL("import-chunk.js", folder), "export const importChunk = (path) => import(path);\n");
