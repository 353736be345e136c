import { expect, test } from "vitest";
import { unfinishedSentences } from "../../src/report/unfinished.ts";

test.each([
  ["every(5).minutes;", ["1 every(5).minutes"]],
  [
    'import { every } from "onthedot";\n\nevery().day.at("10:00")\nevery(5).minutes.do(tick)\n',
    ['3 every().day.at("10:00")'],
  ],
  ["every(5)\n  .minutes\n  .do(tick);", []],
  [
    "every(5)\n  .minutes\n  // not yet\n  .between('08:00', '22:00');\nrun();",
    ["1 every(5).minutes.between('08:00', '22:00')"],
  ],
  ['when("weekdays at 9am").exec("backup.sh");\ncron("0 9 * * *").worker(job);', []],
  ["const soon = every(5).minutes;\nsoon.do(tick);", []],
  ["every(5).minutes.or(\n  every(7).minutes,\n).do(tick);", []],
  ["every(5).minutes.do(() => {\n  every(1).minute;\n});", ["2 every(1).minute"]],
  ["// every(5).minutes;\n/*\nevery(5).minutes;\n*/\nconst text = `\nevery(5).minutes;\n`;", []],
  ["console.log(\n  every(5).minutes.describe(),\n);\nevery(5).minutes.next(3);", []],
  ['const all = [\n  every(5).minutes,\n  once("tomorrow at 9"),\n];', []],
  ['if (late) {\n  once("tomorrow at 9 .do(x)")\n}', ['2 once("tomorrow at 9 .do(x)")']],
  ["return\nevery(5).minutes", []],
] as const)("%j leaves unfinished: %j", (source, expected) => {
  expect(unfinishedSentences(source).map(({ line, text }) => `${line} ${text}`)).toEqual(expected);
});

test.each([
  'import { once } from "node:events";\nonce(emitter, "ready");\n',
  'const { once } = require("events");\nonce(emitter, "ready");\n',
  'import { on as listen, once } from "node:events";\nonce(emitter, "ready").then(go);\n',
  "class Emitter {\n  on(listener) {\n    this.add(listener);\n  }\n}\n",
  "class Emitter {\n  once(listener: () => void): void {\n    this.add(listener);\n  }\n}\n",
])("words of the same name from elsewhere are left alone: %j", (source) => {
  expect(unfinishedSentences(source)).toEqual([]);
});

test("beside such a word a sentence is still found", () => {
  const source =
    'import { once } from "node:events";\nimport { every } from "onthedot";\nevery(5).minutes;\n';
  expect(unfinishedSentences(source)).toEqual([{ line: 3, text: "every(5).minutes" }]);
});
