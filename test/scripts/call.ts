import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const root = join(import.meta.dirname, "../..");

export const pathOf = (name: string): string => join(root, "scripts", name);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, whose name is as awkward as those of people are. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "onthedot scripts ü "));
  folders.push(folder);
  return folder;
};

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Calling {
  readonly env?: Readonly<Record<string, string>>;
  /** The folder it is started in. @default a new one */
  readonly cwd?: string;
  /** Stops the script as soon as it has written this. */
  readonly until?: string | RegExp;
}

/** Runs a script as a person does who has a clone, without a terminal; nothing of this machine's settings reaches it. */
export const call = (
  name: string,
  args: readonly string[],
  { env = {}, cwd = newFolder(), until }: Calling = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const { PATH = "", HOME = cwd } = process.env;
    const loader = join(root, "node_modules/tsx/dist/loader.mjs");
    const child = spawn(process.execPath, ["--import", loader, pathOf(name), ...args], {
      cwd,
      env: { PATH, HOME, TZ: "UTC", TSX_TSCONFIG_PATH: join(root, "tsconfig.json"), ...env },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (until !== undefined && out.search(until) >= 0) child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });

/** All that lies in a folder, as it lies there: a line for each, with what it holds and when it was changed. */
export const treeOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path);
      const held = stat.isSymbolicLink()
        ? `-> ${readlinkSync(path)}`
        : stat.isFile()
          ? createHash("sha256").update(readFileSync(path)).digest("hex")
          : "";
      return `${name} ${stat.mode.toString(8)} ${stat.ino} ${stat.mtimeMs} ${held}`;
    });

/** A server on this machine. @returns its address, without a slash at the end, and what ends it */
export const serve = async (
  answer: RequestListener,
  make: (answer: RequestListener) => Server = createServer,
): Promise<{ readonly url: string; readonly port: number; close(): void }> => {
  const server = make(answer);
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
};
