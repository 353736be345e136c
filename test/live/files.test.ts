import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rotatedFile } from "../../src/live/log.ts";
import { loadEnvironment } from "../../src/live/run.ts";

const folder = () => mkdtempSync(join(tmpdir(), "onthedot-"));

test("a file that has grown is put aside, the oldest one goes, and no line is cut or lost before that", () => {
  const path = join(folder(), "logs", "jobs.log");
  const file = rotatedFile(path, { size: 100, keep: 2 });
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i} 浇花\n`);
  for (const line of lines) file.write(line);
  expect(readdirSync(join(path, "..")).sort()).toEqual(["jobs.log", "jobs.log.1", "jobs.log.2"]);
  const kept = [`${path}.2`, `${path}.1`, path].map((one) => readFileSync(one, "utf8"));
  for (const text of kept) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100);
  expect(lines.join("")).toMatch(new RegExp(`${kept.join("")}$`));
});

test("what is there is added to, and a line longer than a whole file is kept whole", () => {
  const path = join(folder(), "jobs.log");
  writeFileSync(path, "from before\n");
  const file = rotatedFile(path, { size: 20, keep: 1 });
  const long = `${"x".repeat(50)}\n`;
  file.write(long);
  expect(readFileSync(`${path}.1`, "utf8")).toBe("from before\n");
  expect(readFileSync(path, "utf8")).toBe(long);
});

test("with none to keep the file begins anew", () => {
  const path = join(folder(), "jobs.log");
  const file = rotatedFile(path, { size: 10, keep: 0 });
  file.write("12345678\n");
  file.write("abcdefgh\n");
  expect(readFileSync(path, "utf8")).toBe("abcdefgh\n");
  expect(existsSync(`${path}.1`)).toBe(false);
});

test("a file that cannot be written is reported once, and throws nowhere", () => {
  const path = join(folder(), "jobs.log");
  mkdirSync(path);
  const troubles: Error[] = [];
  const file = rotatedFile(path, {}, (error) => {
    troubles.push(error);
    // A warning is a line of the log too.
    file.write("warn\n");
  });
  expect(file.write("a\n")).toBe(true);
  file.write("b\n");
  expect(troubles).toHaveLength(1);
});

test("a .env fills in what the environment does not say itself", () => {
  const path = join(folder(), "my.env");
  writeFileSync(path, 'ONTHEDOT_TEST_A="from the file"\nONTHEDOT_TEST_B=two\n');
  process.env.ONTHEDOT_TEST_A = "one";
  loadEnvironment(path);
  expect([process.env.ONTHEDOT_TEST_A, process.env.ONTHEDOT_TEST_B]).toEqual(["one", "two"]);
  loadEnvironment(false);
  expect(() => loadEnvironment(join(path, "none"))).toThrow(expect.objectContaining({ code: "env" }));
});

test("behind a link the file itself is put aside, and a folder never is", () => {
  const at = folder();
  const [real, link] = [join(at, "real.log"), join(at, "link.log")];
  writeFileSync(real, "from before\n");
  symlinkSync(real, link);
  rotatedFile(link, { size: 15 }).write("new line\n");
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect([readFileSync(`${real}.1`, "utf8"), readFileSync(link, "utf8")]).toEqual([
    "from before\n",
    "new line\n",
  ]);
  const logs = join(at, "logs");
  mkdirSync(logs);
  writeFileSync(join(logs, "a"), "a");
  const troubles: string[] = [];
  rotatedFile(logs, { size: 1 }, ({ message }) => troubles.push(message)).write("line\n");
  expect(troubles).toEqual([expect.stringContaining("EISDIR")]);
  expect(readdirSync(logs)).toEqual(["a"]);
});
