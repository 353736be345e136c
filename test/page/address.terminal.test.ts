import { describe, expect, onTestFinished, test } from "vitest";
import { hasTmux, openTerminal, scriptFile } from "../terminal/tmux.ts";

const script = `
import { every, run } from "onthedot";
every(1).hours.do(function backup() {});
run({ page: true });
`;

describe.skipIf(!hasTmux())("in a real terminal", { timeout: 60_000 }, () => {
  test("the header shows the address of the page with its secret, which opens the page", async () => {
    const terminal = openTerminal(scriptFile(script));
    onTestFinished(() => terminal.close());
    const [, address] = /page (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{22})\s/.exec(
      await terminal.until(/\?token=[\w-]{22}\s/),
    )!;
    const answer = await fetch(address!, { redirect: "manual" });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([
      303,
      expect.stringContaining("HttpOnly"),
    ]);
  });
});
