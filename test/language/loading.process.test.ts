import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("nothing heavy is loaded until it is needed", () => {
  const script = `
    import Module from "node:module";
    const asked = [];
    const load = Module._load;
    Module._load = function (name, ...more) {
      asked.push(name);
      return load.call(this, name, ...more);
    };
    const { parseOnce, parseWhen } = await import("./src/language/language.ts");
    const { utc } = await import("./src/time/zone.ts");
    const heavy = () => asked.filter((name) => /^(chrono-node|luxon)/.test(name)).length;
    const hearing = { now: Date.UTC(2026, 2, 4), zone: utc };
    const counts = [heavy()];
    parseWhen("every weekday at 9am", hearing);
    parseWhen("每天早上8点", hearing);
    parseOnce("tomorrow at 3pm", hearing);
    counts.push(heavy());
    parseOnce("17-Aug-2030 18:40", hearing);
    counts.push(heavy());
    console.log(counts.join(" "));
  `;
  const shown = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: new URL("../..", import.meta.url),
  });
  expect(shown.trim().split("\n").at(-1)).toBe("0 0 1");
});
