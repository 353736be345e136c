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

test("luxon is loaded when the first moment is written for a person, not by importing and registering", () => {
  const script = `
    import Module from "node:module";
    let asked = 0;
    const load = Module._load;
    Module._load = function (name, ...more) {
      if (name === "luxon") asked++;
      return load.call(this, name, ...more);
    };
    const { every, once, run } = await import("./src/index.ts");
    const counts = [asked];
    every().day.at("10:30").do(function report() {});
    every("每天早上8点").named("问候").do(() => {});
    once("2099-12-24 18:00").do(function party() {});
    counts.push(asked);
    process.on("exit", () => console.log([...counts, asked].join(" ")));
    process.argv.splice(1, Infinity, "jobs.ts", "list");
    run();
  `;
  const shown = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    encoding: "utf8",
    cwd: new URL("../..", import.meta.url),
  });
  expect(shown).toContain("Thu 24 Dec 2099 18:00");
  expect(shown.trim().split("\n").at(-1)).toBe("0 0 1");
});
