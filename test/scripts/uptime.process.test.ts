import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, newFolder, serve } from "./call.ts";

const folder = newFolder();
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
const key = ["-newkey", "rsa:2048", "-nodes"];

/** An authority of our own, and certificates of it that begin and end when we want. */
beforeAll(() => {
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=ours");
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "self.key",
    "-out",
    "self.pem",
    "-days",
    "90",
    "-subj",
    "/CN=me",
  );
  openssl("req", ...key, "-keyout", "site.key", "-out", "site.csr", "-subj", "/CN=site");
  const lines = ["database=index.txt", "serial=serial", "default_md=sha256", "policy=p", "unique_subject=no"];
  writeFileSync(
    join(folder, "ca.conf"),
    ["[ca]", "default_ca=d", "[d]", ...lines, "[p]", "commonName=supplied", ""].join("\n"),
  );
  writeFileSync(join(folder, "index.txt"), "");
  writeFileSync(join(folder, "serial"), "01\n");
  writeFileSync(join(folder, "here"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  writeFileSync(join(folder, "there"), "subjectAltName=DNS:elsewhere.example\n");
  sign("long.pem", 90, "here");
  sign("short.pem", 5.5, "here");
  sign("ended.pem", -3.5, "here");
  sign("other.pem", 90, "there");
});

const sign = (out: string, days: number, names: string) => {
  const date = (day: number) =>
    `${new Date(Date.now() + day * 86_400_000).toISOString().replaceAll(/\D/g, "").slice(0, 14)}Z`;
  const ours = ["-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-extfile", names];
  const dates = ["-startdate", date(-10), "-enddate", date(days)];
  openssl("ca", "-batch", ...ours, ...dates, "-notext", "-outdir", ".", "-in", "site.csr", "-out", out);
};

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** A site with one of those certificates. @returns its host and port */
const site = async (certificate: string, keyFile = "site.key"): Promise<string> => {
  const [cert, secret] = [certificate, keyFile].map((name) => readFileSync(join(folder, name)));
  const { port, close } = await serve(
    (_, response) => response.end("hello"),
    (answer) => createServer({ cert: cert!, key: secret! }, answer),
  );
  closers.push(close);
  return `127.0.0.1:${port}`;
};

const style = (sites: string, job: string, env: Record<string, string> = {}) =>
  call("uptime.ts", ["run", job], {
    env: { UPTIME_SITES: sites, UPTIME_AGAIN: "1 ms", NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"), ...env },
  });

describe.concurrent("the certificate of a site", { timeout: 120_000 }, () => {
  test("that is trusted and lasts is well", async () => {
    const host = await site("long.pem");
    expect(await style(host, `certificate ${host}`)).toMatchObject({ code: 0, err: "" });
    expect(await style(host, host)).toMatchObject({ code: 0, err: "" });
  });

  test("that ends soon fails, and how soon can be chosen", async () => {
    const host = await site("short.pem");
    const { code, err } = await style(host, `certificate ${host}`);
    expect(code).toBe(1);
    expect(err).toMatch(/ends in 5 days, on \d{4}-\d\d-\d\d/);
    expect((await style(host, `certificate ${host}`, { UPTIME_DAYS: "3" })).code).toBe(0);
  });

  test.each([
    ["has ended", "ended.pem", undefined, /the certificate of 127\.0\.0\.1:\d+ ended on \d{4}-/],
    ["signs itself", "self.pem", "self.key", /is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT/],
    ["is for somebody else", "other.pem", undefined, /is not trusted: ERR_TLS_CERT_ALTNAME_INVALID/],
  ])("that %s fails, with the reason", async (_what, certificate, keyFile, reason) => {
    const host = await site(certificate, keyFile);
    const { code, err } = await style(host, `certificate ${host}`);
    expect(code).toBe(1);
    expect(err).toMatch(reason);
    expect((await style(host, host)).code).toBe(1);
  });

  test("of a site that speaks no TLS fails, and one that says nothing is given up", async () => {
    const { port, close } = await serve((_, response) => void response);
    const plain = `127.0.0.1:${port}`;
    expect((await style(plain, `certificate ${plain}`)).err).toMatch(
      /wrong version number|EPROTO|packet length/i,
    );
    const silent = `http://127.0.0.1:${port}`;
    const { code, err } = await style(silent, silent, { UPTIME_TIMEOUT: "300 ms" });
    expect([code, err]).toEqual([1, expect.stringContaining("took longer than 300 milliseconds")]);
    close();
  });
});

describe.concurrent("a site", { timeout: 120_000 }, () => {
  test("that answers with an error three times in a row fails; one that recovers does not", async () => {
    let left = 3;
    let asked = 0;
    const { url, close } = await serve((_, response) => {
      asked++;
      response.writeHead(left-- > 0 ? 503 : 200).end();
    });
    expect(await style(url, url)).toMatchObject({ code: 1, err: expect.stringContaining("answered 503") });
    expect(asked).toBe(3);
    left = 2;
    expect((await style(url, url)).code).toBe(0);
    expect(asked).toBe(6);
    close();
  });

  test("that cannot be reached says why", async () => {
    const { url, close } = await serve(() => {});
    close();
    expect((await style(url, url)).err).toMatch(/ECONNREFUSED/);
  });

  test("has a job for each path, and one certificate for all; twice the same is once", async () => {
    const sites =
      "example.com, https://example.com/, https://example.com/shop?a=b\n http://example.com , [::1]:8443";
    const { out } = await call("uptime.ts", ["list", "--json"], { env: { UPTIME_SITES: sites } });
    const jobs = JSON.parse(out).jobs.map(({ job }: { job: string }) => job);
    const certificates = ["certificate [::1]:8443", "certificate example.com"];
    const pages = ["example.com", "example.com/shop?a=b", "http://example.com"];
    expect(jobs.sort()).toEqual(["[::1]:8443", ...certificates, ...pages]);
  });

  test.each(["ftp://example.com", "example.com example.org", "https://"])("%s is none", async (sites) => {
    const { code, err } = await call("uptime.ts", ["list"], { env: { UPTIME_SITES: sites } });
    expect(code).toBe(1);
    expect(err).toContain(`UPTIME_SITES: got "${sites}"`);
  });

  test("is looked at as soon as the script starts, goes on after a failure, and its return is reported", async () => {
    let isDown = true;
    const { url, close } = await serve((_, response) => response.writeHead(isDown ? 500 : 200).end());
    const memory = newFolder();
    const env = { UPTIME_SITES: url, UPTIME_AGAIN: "1 ms", REMEMBER: memory };
    const down = await call("uptime.ts", [], { env, until: /^\S+ fail /m });
    expect(down.out).toMatch(/fail +http:.* answered 500/);
    isDown = false;
    const back = await call("uptime.ts", [], { env, until: "is back" });
    expect(back).toMatchObject({ code: 0, out: expect.stringMatching(/is back; it failed since \d/) });
    const { out } = await call("uptime.ts", ["history", "--json"], { env });
    expect(JSON.parse(out).runs.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "failed",
      "succeeded",
    ]);
    close();
  });
});
