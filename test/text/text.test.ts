import { expect, test } from "vitest";
import { english } from "../../src/text/en.ts";
import { chooseLanguage, readLanguageFlag, texts, useLanguage } from "../../src/text/text.ts";
import { chinese } from "../../src/text/zh.ts";

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

/** The places of all texts: `timeline.legend.run`. */
const placesIn = (texts: object, before = ""): readonly string[] =>
  Object.entries(texts).flatMap(([key, text]) =>
    typeof text === "object" ? placesIn(text, `${before}${key}.`) : [`${before}${key}`],
  );

test("each section has all its texts in Chinese, and no text besides", () => {
  const sections = Object.keys(chinese());
  const translated = Object.entries(english()).filter(([section]) => sections.includes(section));
  expect([...placesIn(chinese())].sort()).toEqual([...placesIn(Object.fromEntries(translated))].sort());
});
