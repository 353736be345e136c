import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, newFolder, treeOf, withoutLinks } from "./call.ts";

const scene = () => {
  const home = newFolder();
  const folder = join(home, "Down loads");
  mkdirSync(join(folder, "Images"), { recursive: true });
  for (const name of [
    "A b.PDF",
    "é'\"$x.jpg",
    "图.png",
    "backup.tar.gz",
    "notes",
    ".hidden.zip",
    "film.mkv.part",
  ])
    writeFileSync(join(folder, name), `new ${name}`);
  writeFileSync(join(folder, "Images", "图.png"), "old");
  writeFileSync(join(folder, "Images", "图 (2).png"), "older");
  mkdirSync(join(folder, "a folder.zip"));
  writeFileSync(join(home, "outside.pdf"), "not to be moved");
  symlinkSync(join(home, "outside.pdf"), join(folder, "link.pdf"));
  return { home, folder, env: { DOWNLOADS: folder, DOWNLOADS_DAYS: "0" } };
};

const run = (env: Record<string, string>, ...flags: string[]) =>
  call("downloads.ts", ["run", "downloads", ...flags], { env });

describe.concurrent("the downloads", { timeout: 120_000 }, () => {
  test("stay as they are when it was not asked for really", async () => {
    const { home, env } = scene();
    const before = treeOf(home);
    const { code, out } = await run(env);
    expect(code).toBe(0);
    expect(out).toContain("would move A b.PDF to Documents/A b.PDF\n");
    expect(out).toContain("would move 图.png to Images/图 (3).png\n");
    expect(out).toContain("nothing was done: --really does it");
    await run({ ...env, DOWNLOADS_REALLY: "yes" }, "--dry-run");
    expect(treeOf(home)).toEqual(before);
  });

  test("are moved by their kind, and nothing is written over", async () => {
    const { home, folder, env } = scene();
    const { code, out } = await run(env, "--really");
    expect(code).toBe(0);
    expect(out.match(/^moved /gm)?.length).toBe(4);
    const held = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
    expect(held("Documents", "A b.PDF")).toBe("new A b.PDF");
    expect(held("Images", "é'\"$x.jpg")).toBe("new é'\"$x.jpg");
    expect(held("Images", "图.png")).toBe("old");
    expect(held("Images", "图 (2).png")).toBe("older");
    expect(held("Images", "图 (3).png")).toBe("new 图.png");
    expect(held("Archives", "backup.tar.gz")).toBe("new backup.tar.gz");
    const stayed = [".hidden.zip", "a folder.zip", "film.mkv.part", "link.pdf", "notes"];
    expect(readdirSync(folder).sort()).toEqual([...stayed, "Archives", "Documents", "Images"].sort());
    expect(readlinkSync(join(folder, "link.pdf"))).toBe(join(home, "outside.pdf"));
    expect((await run(env, "--really")).out).toContain(`nothing to move in ${folder}`);
  });

  test("are moved where a file has one name only, too, and nothing is written over", async () => {
    const { folder, env } = scene();
    utimesSync(join(folder, "图.png"), 1_000_000_000, 1_000_000_000);
    const { code } = await run({ ...env, ...withoutLinks() }, "--really");
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "Images", "图.png"), "utf8")).toBe("old");
    expect(readFileSync(join(folder, "Images", "图 (3).png"), "utf8")).toBe("new 图.png");
    expect(statSync(join(folder, "Images", "图 (3).png")).mtimeMs).toBe(1_000_000_000_000);
    expect(readdirSync(folder)).not.toContain("图.png");
  });

  test("keep both ends of a name that is taken", async () => {
    const { folder, env } = scene();
    mkdirSync(join(folder, "Archives"));
    writeFileSync(join(folder, "Archives", "backup.tar.gz"), "old");
    const { out } = await run(env, "--really");
    expect(out).toContain("moved backup.tar.gz to Archives/backup (2).tar.gz");
  });

  test("do not leave their folder through a link; the others are moved, and it fails", async () => {
    const { home, folder, env } = scene();
    mkdirSync(join(home, "elsewhere"));
    symlinkSync(join(home, "elsewhere"), join(folder, "Archives"));
    writeFileSync(join(folder, "Documents"), "a file of this name");
    const { code, out, err } = await run(env, "--really");
    expect(code).toBe(1);
    expect(out.match(/^moved /gm)?.length).toBe(2);
    expect(err).toMatch(/2 not moved\n[\s\S]*Documents is no folder\n[\s\S]*Archives is no folder/);
    expect(readdirSync(join(home, "elsewhere"))).toEqual([]);
    expect(readFileSync(join(folder, "A b.PDF"), "utf8")).toBe("new A b.PDF");
  });

  test("that are young stay, however old they say they are", async () => {
    const { home, folder } = scene();
    utimesSync(join(folder, "A b.PDF"), 1_000_000_000, 1_000_000_000);
    const before = treeOf(home);
    for (const env of [{ DOWNLOADS: folder }, { DOWNLOADS: folder, DOWNLOADS_DAYS: "few" }])
      expect((await run(env, "--really")).out).toContain("nothing to move");
    expect(treeOf(home)).toEqual(before);
  });

  test("are missed loudly", async () => {
    const { home } = scene();
    const { code, err } = await run({ DOWNLOADS: join(home, "nope") });
    expect(code).toBe(1);
    expect(err).toMatch(/ENOENT.*nope/);
  });
});
