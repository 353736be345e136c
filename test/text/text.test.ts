import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { english } from "../../src/text/en.ts";
import { chooseLanguage, readLanguageFlag, texts, useLanguage } from "../../src/text/text.ts";

test.each([
  [[], {}, "en"],
  [["--lang", "zh"], {}, "zh"],
  [["list", "--lang=zh"], { ONTHEDOT_LANG: "en" }, "zh"],
  [["--lang", "fr"], { ONTHEDOT_LANG: "zh" }, "zh"],
  [["--", "--lang", "zh"], {}, "en"],
  [["--language", "zh"], {}, "en"],
  [[], { ONTHEDOT_LANG: "zh-CN" }, "zh"],
  [[], { ONTHEDOT_LANG: "en", LANG: "zh_CN.UTF-8" }, "en"],
  [[], { LANG: "zh_CN.UTF-8" }, "zh"],
  [[], { LC_MESSAGES: "zh_CN", LANG: "en_US.UTF-8" }, "zh"],
  [[], { LC_ALL: "C", LANG: "zh_CN.UTF-8" }, "en"],
  [[], { LC_ALL: "", LANG: "zh_CN.UTF-8" }, "zh"],
  [[], { LANG: "zhx" }, "en"],
] as const)("the arguments %j and the environment %j choose %s", (args, env, language) => {
  expect(chooseLanguage(args, env)).toBe(language);
});

test.each([
  [
    ["list", "--lang", "zh", "--json"],
    ["list", "--json"],
  ],
  [["--lang=zh", "list"], ["list"]],
  [
    ["--lang", "fr"],
    ["--lang", "fr"],
  ],
  [
    ["run", "--", "--lang", "zh"],
    ["run", "--", "--lang", "zh"],
  ],
])("of %j the other arguments stay", (args, rest) => {
  expect(readLanguageFlag(args).rest).toEqual(rest);
});

test("texts come from the language that is chosen", () => {
  useLanguage("zh");
  expect(texts().timeline.jobs(3)).toBe("3 个任务");
  expect(texts("en").timeline.jobs(3)).toBe("3 jobs");
  useLanguage("en");
  expect(texts().timeline.jobs(3)).toBe("3 jobs");
});

/** The names of all texts: `["run", "many", …]`. */
const namesIn = (texts: object): readonly string[] =>
  Object.entries(texts).flatMap(([name, text]) =>
    typeof text === "object" && !Array.isArray(text) ? [name, ...namesIn(text)] : [name],
  );

test("each text is used somewhere", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("text"))
    .map((file) => readFileSync(join("src", file), "utf8"));
  const words = new Set(sources.flatMap((source) => source.match(/[\w$-]+/g) ?? []));
  expect(namesIn(english()).filter((name) => !words.has(name))).toEqual([]);
});
