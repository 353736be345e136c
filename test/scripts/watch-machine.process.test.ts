import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { call, newFolder } from "./call.ts";

const style = (job: string, env: Record<string, string> = {}) =>
  call("watch-machine.ts", ["run", job], { env: { MACHINE_AGAIN: "1 ms", MACHINE_LOAD: "1000", ...env } });
const nothing = { MACHINE_DISK: "0%", MACHINE_MEMORY: "0%" };
const all = { MACHINE_DISK: "101%", MACHINE_MEMORY: "101%" };

describe.concurrent("this machine", { timeout: 120_000 }, () => {
  test.each([
    ["disk /", /^[\d.]+ [kMGT]?B of [\d.]+ [kMGT]?B free on \/ \(\d+%\)$/m],
    ["memory", /^[\d.]+ [kMGT]?B of [\d.]+ [kMGT]?B memory available \(\d+%\)$/m],
    ["load", /^load \d+\.\d\d for each of \d+ processors$/m],
  ])("tells its %s, and succeeds where there is enough", async (job, text) => {
    const { code, out } = await style(job, nothing);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(text) });
  });

  test("fails after three looks in which it runs short", async () => {
    const disk = await style("disk /", all);
    expect(disk).toMatchObject({
      code: 1,
      err: expect.stringMatching(/only .* free on \/ \(\d+%\), less than 101%/),
    });
    expect(disk.out.match(/free on/g)?.length).toBe(3);
    expect((await style("memory", all)).err).toContain("less than 101%");
    expect((await style("load", { MACHINE_LOAD: "-1" })).err).toContain("more than -1");
  });

  test("is short when it is below the share and below the bytes, not one of them", async () => {
    expect((await style("disk /", { MACHINE_DISK: "101% or 1 KB" })).code).toBe(0);
    expect((await style("disk /", { MACHINE_DISK: "0% or 1000000 TB" })).code).toBe(0);
    expect((await style("disk /", { MACHINE_DISK: "1000000 TB" })).code).toBe(1);
  });

  test("has no disk where there is none", async () => {
    const path = `${newFolder()}/a b ü`;
    const { code, err } = await style(`disk ${path}`, { MACHINE_DISKS: `/, ${path}` });
    expect({ code, err: err.includes("ENOENT") }).toEqual({ code: 1, err: true });
    if (existsSync("/proc/meminfo"))
      expect((await style("disk /proc", { MACHINE_DISKS: "/proc" })).err).toContain("it has no size");
  });

  test("does not guess what an amount means", async () => {
    const { code, err } = await style("load", { MACHINE_DISK: "10 percent" });
    expect(code).toBe(1);
    expect(err).toMatch(/MACHINE_DISK: got "10 percent"[\s\S]*such as "10%", "5 GB"/);
  });
});
