import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, newFolder, receive } from "./call.ts";

interface Page {
  status?: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

const html = { "content-type": "text/html; charset=utf-8" };

/** A server with one page that can be changed, and what it was asked for. */
const withPage = async (page: Page) => {
  const asked: (string | undefined)[] = [];
  const server = await receive((request, response) => {
    const etag = request.headers["if-none-match"];
    asked.push(etag);
    const isKnown = etag !== undefined && page.headers?.etag === etag;
    response.writeHead(isKnown ? 304 : (page.status ?? 200), page.headers);
    response.end(isKnown ? undefined : page.body);
  });
  return { ...server, page, asked };
};

const watching = (what: string, env: Record<string, string> = {}) => {
  const cwd = newFolder();
  const check = (...flags: string[]) =>
    call("changed.ts", ["run", what, ...flags], {
      cwd,
      env: { CHANGED_WATCH: what, CHANGED_AGAIN: "1 ms", ...env },
    });
  return { cwd, check };
};

describe.concurrent("what has changed", { timeout: 120_000 }, () => {
  test("of a page without an ETag is what a person sees of it", async () => {
    const body = (time: string, price: string) =>
      `<html><head><title>Shop</title><script>t=${time}</script></head><body><!-- ${time} --><p>PS5 &amp; pad</p><p>${price}</p></body>`;
    const { url, page, close } = await withPage({ headers: html, body: body("1", "499 €") });
    const { check } = watching(url);
    expect((await check()).out).toContain("seen for the first time");
    page.body = body("2", "499 €");
    expect((await check()).out).not.toContain("has changed");
    page.body = body("3", "449 €\u001b[31m");
    expect((await check()).out).toContain(`${url} has changed\n  - 499 €\n  + 449 € [31m\n`);
    expect((await check()).out).not.toContain("has changed");
    close();
  });

  test("of a page with an ETag is asked for by it, and an answer of 304 is no change", async () => {
    const { url, page, asked, close } = await withPage({
      headers: { ...html, etag: 'W/"1"' },
      body: "<p>a",
    });
    const { check } = watching(url);
    await check();
    expect((await check()).code).toBe(0);
    expect(asked).toEqual([undefined, 'W/"1"']);
    page.headers = { ...html, etag: 'W/"2"' };
    page.body = "<p>b";
    expect((await check()).out).toContain("has changed\n  - a\n  + b\n");
    close();
  });

  test("is read in the letters of the page", async () => {
    // 价格 in GB 2312
    const body = Buffer.from([0x3c, 0x70, 0x3e, 0xbc, 0xdb, 0xb8, 0xf1]);
    const { url, page, close } = await withPage({ headers: html, body: "<p>none" });
    const { check } = watching(url);
    await check();
    page.headers = { "content-type": "text/html; charset=gb2312" };
    page.body = body;
    expect((await check()).out).toContain("+ 价格");
    close();
  });

  test("is no error page, and no page that does not come: the job fails, and what was seen stays", async () => {
    const { url, page, close } = await withPage({ headers: html, body: "<p>good" });
    const { check } = watching(url);
    await check();
    page.status = 503;
    page.body = "<p>sorry";
    const failed = await check();
    expect(failed).toMatchObject({
      code: 1,
      err: expect.stringContaining("answered 503 Service Unavailable"),
    });
    page.status = 200;
    page.body = "<p>good";
    expect((await check()).out).not.toContain("has changed");
    close();
    expect((await check()).err).toContain("ECONNREFUSED");
  });

  test("is sent where that is wanted, and sent again when it did not arrive", async () => {
    const { url, page, messages, close } = await withPage({ headers: html, body: "<p>a" });
    const { cwd, check } = watching(url, { NOTIFY: `${url}/topic` });
    await check();
    page.body = "<p>b";
    const elsewhere = { CHANGED_WATCH: url, CHANGED_AGAIN: "1 ms", NOTIFY: "http://127.0.0.1:9/" };
    expect((await call("changed.ts", ["run", url], { cwd, env: elsewhere })).code).toBe(1);
    expect((await check()).out).toContain("has changed");
    expect(messages).toEqual([`${url} has changed\n  - a\n  + b`]);
    close();
  });

  test("of a file and a folder with odd names is what is in them, their coming and their going", async () => {
    const home = newFolder();
    const [file, folder] = [join(home, "a b é.txt"), join(home, "写真")];
    const { cwd, check } = watching(file);
    expect((await check()).out).toContain("seen for the first time");
    writeFileSync(file, "one\ntwo\n");
    expect((await check()).out).toContain("- (it is not there)\n  + one\n  + two");
    rmSync(file);
    expect((await check()).out).toContain("+ (it is not there)");
    mkdirSync(folder);
    const inFolder = () => call("changed.ts", ["run", folder], { cwd, env: { CHANGED_WATCH: folder } });
    await inFolder();
    writeFileSync(join(folder, "neu ü"), "");
    expect((await inFolder()).out).toMatch(/\+ neu ü {2}0 bytes, /);
  });

  test("is not remembered in a dry run, nor sent to anybody", async () => {
    const { url, page, messages, close } = await withPage({ headers: html, body: "<p>a" });
    const { cwd, check } = watching(url, { NOTIFY: url });
    await check("--dry-run");
    expect(readdirSync(cwd)).toEqual([]);
    await check();
    const kept = readFileSync(join(cwd, "changed.json"), "utf8");
    page.body = "<p>b";
    expect((await check("--dry-run")).out).toContain("has changed");
    expect(readFileSync(join(cwd, "changed.json"), "utf8")).toBe(kept);
    expect(messages).toEqual([]);
    close();
  });

  test("is never kept in a file of somebody else", async () => {
    const { cwd, check } = watching(join(newFolder(), "nothing"));
    for (const theirs of ['{"name":"mine"}', "half a fi"]) {
      writeFileSync(join(cwd, "changed.json"), theirs);
      expect((await check()).err).toContain(
        "was not written by this script; CHANGED_MEMORY names another file",
      );
      expect(readFileSync(join(cwd, "changed.json"), "utf8")).toBe(theirs);
    }
    expect(existsSync(join(cwd, "changed.json"))).toBe(true);
  });
});
