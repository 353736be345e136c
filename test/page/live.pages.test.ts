import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { loadPage } from "../../src/page/server.ts";
import { executablePath, hasBrowser } from "../browser.ts";
import { newFolder } from "../folder.ts";

const root = join(import.meta.dirname, "../..");
const index = JSON.stringify(join(root, "src/index.ts"));
const secret = "a-token-for-the-tests";
const folder = newFolder("page");

/** A server until the test ends, and its port. */
const serveOn = async (port = 0): Promise<number> => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<h1>elsewhere</h1>");
  }).listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

/** Starts a file until it is stopped or the test ends; resolves at its first output. */
const startFile = async (file: string, env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: root,
    env: { ...process.env, ONTHEDOT_LANG: "en", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stdout.on("data", (text) => {
    log += text;
  });
  await once(child.stdout, "data");
  return Object.assign(child, { log: () => log });
};

/** A script that runs with a page. */
const startScript = (
  lines: string,
  port: number,
  {
    env = {},
    token = secret,
    options = "",
  }: { env?: NodeJS.ProcessEnv; token?: string; options?: string } = {},
) => {
  const file = join(folder, `script-${port}.ts`);
  writeFileSync(
    file,
    `import { every, listen, once, run } from ${index};\n${lines}\n` +
      `run({ page: { port: ${port}, token: ${JSON.stringify(token)} }${options} });\n`,
  );
  return startFile(file, env);
};

const address = (port: number, path = ""): string => `http://127.0.0.1:${port}/${path}`;

test("the page is one file under 60 kB compressed that names no place outside itself", async () => {
  const { html, headers } = await loadPage("");
  expect(gzipSync(html).length).toBeLessThan(60_000);
  expect(html.replaceAll("http://www.w3.org/", "")).not.toMatch(/https?:\/\/|\ssrc=|@import|url\(/);
  expect(headers["Content-Security-Policy"]).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; /);
});

test("a server answers nobody without its token, and says nothing of it in a log", async () => {
  const port = await freePort();
  const child = await startScript("every(1).hours.named('quiet').do(() => {});", port);
  for (const path of ["", "events", "job?id=0", "timeline", "?token=guess"])
    expect((await fetch(address(port, path))).status).toBe(401);
  const signedIn = await fetch(address(port, `?token=${secret}`), { redirect: "manual" });
  expect(signedIn.status).toBe(303);
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const act = (headers: Record<string, string>, body = '{"job":"0","do":"pause"}') =>
    fetch(address(port, "act"), {
      method: "POST",
      headers: { cookie, "content-type": "application/json", origin: `http://127.0.0.1:${port}`, ...headers },
      body,
    });
  expect((await act({ origin: "http://evil.example" })).status).toBe(403);
  expect((await act({}, "x".repeat(100_000))).status).toBe(400);
  expect((await act({}, '{"job":"99","do":"run"}')).status).toBe(409);
  // The control: the same request as the page makes it.
  expect((await act({})).status).toBe(200);
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(child.log()).toContain("pause quiet");
  expect(child.log()).not.toContain(secret);
});

/** Says on stderr which files of the page a process loads. */
const watchLoads = `import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(
  'export const load = (url, context, next) => { if (url.includes("/src/page/")) process._rawDebug("loads " + url); return next(url, context); }'
));`;

test("the end of a task that ignored its timeout is sent, also while another job keeps running", async () => {
  const port = await freePort();
  await startScript(
    `every().hour.immediately().timeout("1 second").do(function deaf() { return new Promise((go) => setTimeout(go, 3_000)); });
every().second.do(function busy() {});`,
    port,
  );
  const signedIn = await fetch(address(port, `?token=${secret}`), { redirect: "manual" });
  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const { body } = await fetch(address(port, "events"), { headers: { cookie } });
  const seen: number[] = [];
  let text = "";
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop()!;
    for (const event of events)
      for (const { name, running } of JSON.parse(event.slice(event.indexOf("data: ") + 6)).jobs)
        if (name === "deaf") seen.push(running.length);
    if (seen.includes(1) && seen.at(-1) === 0) break;
  }
  expect(seen.at(-1)).toBe(0);
});

test("a script without a page loads nothing of it", () => {
  const file = join(folder, "plain.ts");
  const loads = (options: string): string => {
    writeFileSync(
      file,
      `import { once, run } from ${index};\nonce("in 1 second").do(() => {});\nrun(${options});\n`,
    );
    const watch = `data:text/javascript,${encodeURIComponent(watchLoads)}`;
    const args = ["--import", "tsx", "--import", watch, file];
    const { stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(status).toBe(0);
    return stderr;
  };
  expect(loads("")).not.toContain("loads ");
  // The control.
  expect(loads(`{ page: { token: ${JSON.stringify(secret)} } }`)).toMatch(/loads .*\/src\/page\/server\.ts/);
});

test("the example serves its page", async () => {
  const port = await freePort();
  const child = await startFile(join(root, "examples/25-the-page.ts"), {
    PORT: String(port),
    PAGE_TOKEN: secret,
  });
  await expect.poll(() => child.log().split("\n").includes("tick"), { timeout: 20_000 }).toBe(true);
  expect((await fetch(address(port, `?token=${secret}`), { redirect: "manual" })).status).toBe(303);
});

test("with an engine no page is served, and the log names bull-board instead", async () => {
  const [port, redis] = [await freePort(), await freePort()];
  const bullmq = `import { bullmq } from ${JSON.stringify(join(root, "src/bullmq.ts"))};`;
  const engine = `, engine: bullmq("redis://127.0.0.1:${redis}")`;
  const child = await startScript(`${bullmq} every(1).hours.named("shared").do(() => {});`, port, {
    options: engine,
  });
  await expect.poll(() => child.log(), { timeout: 20_000 }).toContain("bull-board shows them all");
  await expect(fetch(address(port))).rejects.toThrow("fetch failed");
});

test("a port that is taken leaves the jobs running, and the reason is reported", async () => {
  const port = await freePort();
  await serveOn(port);
  const child = await startScript("once('in 1 second').named('still').do(() => {});", port);
  expect((await once(child, "exit"))[0]).toBe(0);
  expect(child.log()).toContain(`port ${port} is in use`);
  expect(child.log()).toMatch(/ok {4}still/);
});

describe.runIf(hasBrowser)("in a browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  const requests: string[] = [];
  const trouble: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterEach(() => context?.close());
  afterAll(() => browser.close());

  const open = async (
    port: number,
    { path = "", ...how }: Parameters<Browser["newContext"]>[0] & { readonly path?: string } = {},
  ): Promise<Page> => {
    context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...how });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("request", (request) => requests.push(new URL(request.url()).host));
    page.on("dialog", (dialog) => trouble.push(dialog.message()));
    page.on("pageerror", (error) => trouble.push(error.message));
    page.on("console", (message) => {
      // A lost connection is no fault of the page.
      if (!/ERR_CONNECTION|ERR_INCOMPLETE|status of 4/.test(message.text())) trouble.push(message.text());
    });
    await page.goto(address(port, `?token=${secret}${path}`));
    await page.waitForSelector("header");
    return page;
  };
  const row = (page: Page, name: string) => page.locator(".jobs .row", { hasText: name });
  const says = (page: Page, text: string | RegExp, where = "main") =>
    page.locator(where, { hasText: text }).first().waitFor();

  test("the countdown goes on, and a failing job appears with the line of the script", async () => {
    const port = await freePort();
    await startScript(
      `every(3).seconds.named("tick").do(() => {});
every(2).seconds.named("priceCheck").do(function priceCheck() {
  console.log("looking for a price");
  const offer = undefined as unknown as { price: string };
  return offer.price;
});`,
      port,
    );
    const page = await open(port);
    const big = page.locator(".upcoming .big");
    const seen = new Set<string | null>();
    await expect
      .poll(async () => seen.add(await big.textContent()).size, { timeout: 10_000 })
      .toBeGreaterThan(1);
    expect(new URL(page.url()).search).toBe("");
    await row(page, "priceCheck").locator("a").click();
    await says(page, "> 6 |   return offer.price;", "pre.failure");
    await says(page, "looking for a price", "pre");
    await page.locator("nav a", { hasText: "Log" }).click();
    await says(page, "Cannot read properties of undefined", ".log .failed pre");
    expect(await page.title()).toContain("(1)");
  });

  test("of a thousand jobs the first screens are drawn, the rest on the way down, and the search finds any", async () => {
    const port = await freePort();
    await startScript(
      'for (let i = 0; i < 1_000; i++) every(i + 1).hours.named("job " + i + ".").do(() => {});',
      port,
    );
    const page = await open(port);
    const rows = page.locator(".jobs .row");
    await row(page, "job 0.").waitFor();
    expect(await rows.count()).toBe(60);
    while ((await rows.count()) < 1_000) {
      const drawn = await rows.count();
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      await expect.poll(() => rows.count()).toBeGreaterThan(drawn);
    }
    await page.evaluate("scrollTo(0, 0)");
    await page.reload();
    await row(page, "job 0.").waitFor();
    await page.getByRole("searchbox").fill("job 987.");
    await row(page, "job 987.").waitFor();
    expect(await rows.count()).toBe(1);
  });

  test("run now runs a job once, pause holds it, resume lets it go, cancel ends a run, and a reload keeps the session", async () => {
    const port = await freePort();
    await startScript(
      `let runs = 0;
every(1).hours.named("slow").do(({ signal }) => new Promise<void>((resolve) => {
  console.log("run", ++runs);
  signal.addEventListener("abort", () => resolve());
}));
every(1).hours.named("quick").do(() => console.log("quick run", ++runs));`,
      port,
    );
    const page = await open(port);
    const press = (job: string, action: string) =>
      page.getByRole("button", { name: `${action}: ${job}` }).click();
    await press("quick", "Run now");
    await says(page, /succeeded · \d+ms/);
    await press("slow", "Run now");
    await row(page, "slow").locator("text=running").first().waitFor();
    await page.reload();
    await row(page, "slow").locator("text=running").first().waitFor();
    await press("slow", "Cancel this run");
    await row(page, "slow").locator("text=cancelled").waitFor();
    await press("slow", "Pause");
    await row(page, "slow").locator("text=paused").waitFor();
    await press("slow", "Resume");
    await row(page, "slow").locator("text=59m").waitFor();
    await row(page, "quick").locator("a").click();
    await says(page, "quick run 1");
    await page.locator(".past summary").click();
    await says(page, "A run was started by hand", ".why");
    expect(await page.locator(".past").count()).toBe(1);
    expect(await page.locator(".moments li").count()).toBe(10);
    await page.getByRole("button", { name: "Pause for an hour" }).click();
    await says(page, "until ");
    await page.getByRole("button", { name: "Resume" }).waitFor();
  });

  test("the end of the script is shown, and the page connects again when the script is started again", async () => {
    const port = await freePort();
    const lines = 'every(1).hours.named("backup").do(() => {});';
    const first = await startScript(lines, port);
    const page = await open(port);
    await row(page, "backup").waitFor();
    first.kill("SIGTERM");
    await says(page, /The script has ended: stopped after/, ".connection");
    expect(await page.getByRole("button", { name: "Run now: backup" }).isDisabled()).toBe(true);
    await startScript(`${lines} every(1).hours.named("restarted").do(() => {});`, port);
    await row(page, "restarted").waitFor();
    await says(page, "live", ".connection");
  });

  test("after a restart with another secret the page says that its new address is needed, which opens it", async () => {
    const port = await freePort();
    const lines = 'every(1).hours.named("backup").do(() => {});';
    const first = await startScript(lines, port);
    const page = await open(port);
    first.kill("SIGKILL");
    await says(page, "Connection lost, retrying.", ".connection");
    const token = "another-token-for-the-tests";
    await startScript(lines, port, { token });
    await says(page, "Open the new address shown in its terminal", ".connection.signIn");
    expect(await page.getByRole("button", { name: "Run now: backup" }).isDisabled()).toBe(true);
    await page.goto(address(port, `?token=${token}`));
    await says(page, "live", ".connection");
  });

  test("one browser shows the pages of two scripts side by side", async () => {
    const [port, other] = [await freePort(), await freePort()];
    await startScript('every(1).hours.named("first").do(() => {});', port);
    await startScript('every(1).hours.named("second").do(() => {});', other, { token: `${secret}-2` });
    const page = await open(port);
    const second = await context.newPage();
    await second.goto(address(other, `?token=${secret}-2`));
    await row(second, "second").waitFor();
    for (const one of [page, second]) await one.reload();
    await row(page, "first").waitFor();
    await row(second, "second").waitFor();
    expect((await context.cookies()).map(({ name }) => name).sort()).toEqual(
      [port, other].map((one) => `onthedot-${one}`).sort(),
    );
  });

  test("the timeline shows the past as it was, and what is planned", async () => {
    const port = await freePort();
    await startScript(
      `every(2).seconds.named("good").do(() => {});
every(2).seconds.named("bad").do(() => { throw new Error("no"); });`,
      port,
    );
    const page = await open(port);
    await row(page, "bad").locator(".failed").waitFor();
    await page.goto(address(port, "#/timeline"));
    await page.getByRole("button", { name: "± 1 h" }).click();
    for (const kind of ["run", "failed", "planned", "now"])
      await page.locator(`.picture .${kind}`).first().waitFor({ state: "attached" });
    expect(await page.locator(".picture text.name").allTextContents()).toEqual(
      expect.arrayContaining(["good", "bad"]),
    );
  });

  test("hostile names and output are text", async () => {
    const port = await freePort();
    const hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e\"'&amp;";
    await startScript(
      `const hostile = ${JSON.stringify(hostile)};
every(2).seconds.named(hostile).do(() => {
  console.log(hostile + "\\u001b[31m red\\u0007");
  throw new Error(hostile);
});`,
      port,
    );
    const page = await open(port);
    await says(page, "Error: <img src=x onerror=alert(1)>");
    await page.locator(".jobs a").first().click();
    await says(page, "<script>alert(2)</script>\\u202e", "pre");
    for (const view of ["log", "timeline"]) {
      await page.goto(address(port, `#/${view}`));
      await page
        .locator(view === "log" ? ".log li" : ".picture .name")
        .first()
        .waitFor();
    }
    expect(await page.locator("img, script[src], #page script, [onerror]").count()).toBe(0);
    expect(await page.locator("pre").allTextContents()).not.toContainEqual(expect.stringContaining("\u202e"));
  });

  test("a page of another origin can neither read nor act, and our own can", async () => {
    const port = await freePort();
    await startScript('every(1).hours.named("prize").do(() => {});', port);
    const other = await serveOn();
    const page = await open(port);
    const attack = `Promise.all([
      fetch("${address(port, "act")}", { method: "POST", mode: "no-cors", credentials: "include", headers: { "content-type": "text/plain" }, body: '{"job":"0","do":"pause"}' }).then(({ type }) => type, () => "blocked"),
      fetch("${address(port, "act")}", { method: "POST", credentials: "include", headers: { "content-type": "application/json" }, body: '{"job":"0","do":"pause"}' }).then(({ status }) => status, () => "blocked"),
      fetch("${address(port, "job?id=0")}", { credentials: "include" }).then((answer) => answer.text(), () => "blocked"),
    ])`;
    const evil = await context.newPage();
    await evil.goto(address(other));
    expect(await evil.evaluate(attack)).toEqual(["blocked", "blocked", "blocked"]);
    await evil.setContent(`<iframe src="${address(port)}"></iframe>`);
    await expect.poll(() => evil.frames().some((frame) => frame.url().startsWith("chrome-error"))).toBe(true);
    expect(await row(page, "prize").locator("text=paused").count()).toBe(0);
    // The control: the same from the page itself.
    expect(await page.evaluate(attack)).toEqual(["basic", 200, expect.stringContaining("every(1).hours")]);
    await row(page, "prize").locator("text=paused").waitFor();
  });

  test.each([
    ["light", 1200, "en"],
    ["dark", 390, "zh"],
  ] as const)("axe finds no fault: %s, %i pixels wide, %s", async (colorScheme, width, language) => {
    const port = await freePort();
    await startScript(
      `every(2).seconds.named("bad").do(() => { console.log("x"); throw new Error("no"); });
every(5).seconds.named("good").do(() => {});
every(1).hours.named("resting").do(() => {}).pause();
once("in 1 second").named("done").do(() => {});`,
      port,
      { env: { ONTHEDOT_LANG: language } },
    );
    const page = await open(port, { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" });
    await row(page, "bad").locator(".failed").waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe(language);
    const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
    await page.evaluate(axe);
    for (const view of ["", "job/0", "timeline", "log"]) {
      await page.evaluate(`location.hash = "#/${view}"`);
      await page.locator("main li, main .name").first().waitFor();
      const { violations } = (await page.evaluate("axe.run()")) as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    }
  });

  test("no request left a page but to its own script, and no page complained", () => {
    expect(new Set(requests.map((host) => host.split(":")[0]))).toEqual(new Set(["127.0.0.1"]));
    expect(trouble).toEqual([]);
  });
});
