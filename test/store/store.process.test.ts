import { spawnSync } from "node:child_process";
import { cpSync, existsSync, linkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Session } from "../../src/store/sqlite/session.ts";
import { findSqlite } from "../../src/store/sqlite.ts";
import { fresh, opening, sqlite } from "./scene.ts";

test("a process that has died is not among those that run jobs", () => {
  const { path, clock } = fresh();
  const first = sqlite(path);
  first.open(opening(clock));
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const session = new Session(findSqlite()(path));
  const [mine] = session.all("owners");
  session.put("owners", { ...mine!, token: "gone", pid });
  session.put("owners", { ...mine!, token: "its number is another's now", birth: "1" });
  expect(first.otherProcesses()).toEqual([]);
  session.put("owners", { ...mine!, token: "lives", pid: process.ppid, birth: "" });
  expect(first.otherProcesses().map((one) => one.pid)).toEqual([process.ppid]);
  session.close();
  first.close();
});

test("control: SQLite itself does not see in one name what is in the log of the other", () => {
  const { dir, path } = fresh();
  const db = findSqlite()(path);
  db.exec("CREATE TABLE jobs (a); PRAGMA journal_mode=WAL; INSERT INTO jobs VALUES (1)");
  linkSync(path, join(dir, "link.db"));
  const count =
    "const db = new (require('@photostructure/sqlite').DatabaseSync)(process.argv[1]); console.log(db.prepare('SELECT count(*) AS n FROM jobs').get().n)";
  const seen = (name: string) =>
    spawnSync(process.execPath, ["-e", count, join(dir, name)], {
      cwd: import.meta.dirname,
      encoding: "utf8",
    }).stdout.trim();
  expect([seen("jobs.db"), seen("link.db")]).toEqual(["1", "0"]);
  db.close();
});

test("what is no regular file is refused and left as it is", () => {
  const { dir } = fresh();
  const pipe = join(dir, "pipe");
  spawnSync("mkfifo", ["-m", "644", pipe]);
  for (const path of existsSync(pipe) ? ["/dev/null", pipe] : ["/dev/null"]) {
    const before = statSync(path).mode;
    expect(() => sqlite(path)).toThrow(
      expect.objectContaining({ code: "store-path", message: expect.stringContaining("a regular file") }),
    );
    expect(statSync(path).mode).toBe(before);
  }
});

test.skipIf(process.getBuiltinModule("node:sqlite" as never) !== undefined)(
  "where there is no SQLite, the error shows the line that installs one",
  () => {
    const { dir } = fresh();
    const root = join(import.meta.dirname, "../..");
    cpSync(join(root, "src"), join(dir, "src"), { recursive: true });
    writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
    writeFileSync(join(dir, "ask.ts"), 'import { findSqlite } from "./src/store/sqlite.ts"; findSqlite();');
    const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
    const { stderr, status } = spawnSync(process.execPath, [tsx, "ask.ts"], { cwd: dir, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("npm install @photostructure/sqlite@1");
    expect(stderr).toContain("peer-missing");
  },
);
