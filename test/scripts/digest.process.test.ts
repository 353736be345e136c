import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, callWithTsx, newFolder, pathOf, receive } from "./call.ts";

describe.concurrent("a digest of other scripts", { timeout: 120_000 }, () => {
  test("tells how often each job succeeded and what went wrong, and starts none of them", async () => {
    const { REMEMBER, machine } = await remembered();
    const env = { REMEMBER, MACHINE_DISKS: "/, /a b/nope" };
    await machine("load", "1000");
    await machine("load", "1000");
    await machine("load", "-1");
    await machine("disk /a b/nope", "1000");
    const { code, out, err } = await callWithTsx("digest.ts", ["run", "digest"], { env });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Since \w{3},? \d{1,2} \w{3},? \d\d:\d\d$/m);
    expect(out).toMatch(/^watch-machine\.ts$/m);
    expect(out).toMatch(/^ {2}load +2 of 3 succeeded, longest \S+ m?s$/m);
    expect(out).toMatch(/^ {4}.* failed: Error: load .* more than -1$/m);
    expect(out).toMatch(/^ {2}disk \/a b\/nope +0 of 1 succeeded/m);
    expect(out).not.toMatch(/^ {2}memory|^uptime/m);
    const again = await callWithTsx("digest.ts", ["run", "digest"], { env });
    expect(again.out).toMatch(/load +2 of 3 succeeded/);
    const later = await callWithTsx("digest.ts", ["run", "digest"], { env: { ...env, DIGEST_HOURS: "0" } });
    expect(later.out).toMatch(/watch-machine\.ts\n {2}nothing was due/);
  });

  test("tells of those that can be asked, then fails for the others", async () => {
    const { REMEMBER, machine } = await remembered();
    await machine("load", "1000");
    const folder = newFolder();
    writeFileSync(join(folder, "other.ts"), "console.log('no jobs here');\n");
    writeFileSync(join(folder, "broken ü.ts"), "throw new Error('on purpose');\n");
    const [nope, other, broken] = ["nope.ts", "other.ts", "broken ü.ts"].map((name) => join(folder, name));
    const scripts = [nope, pathOf("watch-machine.ts"), other, broken];
    const env = { REMEMBER, DIGEST_SCRIPTS: scripts.join(", ") };
    const { code, out, err } = await callWithTsx("digest.ts", ["run", "digest"], { env });
    expect(code).toBe(1);
    expect(out).toMatch(/load +1 of 1 succeeded/);
    expect(err).toMatch(/3 not asked\n/);
    expect(err).toMatch(/nope\.ts: Error.*Cannot find module/);
    expect(err).toContain("other.ts: it has no history; does it end with run()?");
    expect(err).toContain("broken ü.ts: Error: on purpose");
  });

  test("says so when nothing remembers", async () => {
    const { code, err } = await callWithTsx("digest.ts", ["run", "digest"]);
    expect(code).toBe(1);
    expect(err).toContain("no script beside this one remembers; REMEMBER names their folder");
    const env = { DIGEST_SCRIPTS: pathOf("watch-machine.ts") };
    expect((await callWithTsx("digest.ts", ["run", "digest"], { env })).out).toContain(
      "remembers nothing: REMEMBER names a folder",
    );
  });

  test("is sent where that is wanted, and not in a dry run", async () => {
    const { url, messages, close } = await receive();
    const { REMEMBER, machine } = await remembered();
    await machine("load", "1000");
    const env = { REMEMBER, NOTIFY: `${url}/topic` };
    expect((await callWithTsx("digest.ts", ["run", "digest", "--dry-run"], { env })).code).toBe(0);
    expect(messages).toEqual([]);
    expect((await callWithTsx("digest.ts", ["run", "digest"], { env })).code).toBe(0);
    expect(messages).toEqual([expect.stringMatching(/^Since [\s\S]*load +1 of 1 succeeded/)]);
    close();
  });
});

/** A folder of memories, and a machine to remember. */
const remembered = async () => {
  const REMEMBER = newFolder();
  const machine = (job: string, MACHINE_LOAD: string) =>
    call("watch-machine.ts", ["run", job], {
      env: { REMEMBER, MACHINE_LOAD, MACHINE_AGAIN: "1 ms", MACHINE_DISKS: "/, /a b/nope" },
    });
  return { REMEMBER, machine };
};
