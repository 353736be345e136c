import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
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
  /** Hears all that it has written so far. */
  readonly onOutput?: (out: string) => void;
}

/** Runs a script as a person does who has a clone, without a terminal; nothing of this machine's settings reaches it. */
export const callWithTsx = (name: string, args: readonly string[], calling?: Calling): Promise<Ended> =>
  start(["--import", join(root, "node_modules/tsx/dist/loader.mjs"), pathOf(name), ...args], calling);

/** The same, compiled beforehand: it starts in a fifth of the time. */
export const call = (name: string, args: readonly string[], calling?: Calling): Promise<Ended> =>
  start([compiled(name), ...args], calling);

const cache = join(root, "node_modules/.cache");
let out: string | undefined;
const built = new Map<string, string>();
afterAll(() => {
  if (out !== undefined) rmSync(out, { recursive: true, force: true });
});

const compiled = (name: string): string => {
  const known = built.get(name);
  if (known !== undefined) return known;
  mkdirSync(cache, { recursive: true });
  // Inside the project, where the packages are found.
  out ??= mkdtempSync(join(cache, "scripts-"));
  buildSync({
    entryPoints: [pathOf(name)],
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    charset: "utf8",
    logLevel: "error",
  });
  const path = join(out, name.replace(/ts$/, "js"));
  built.set(name, path);
  return path;
};

const start = (
  words: readonly string[],
  { env = {}, cwd = newFolder(), until, onOutput }: Calling = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const { PATH = "", HOME = cwd } = process.env;
    const child = spawn(process.execPath, words, {
      cwd,
      env: { PATH, HOME, TZ: "UTC", TSX_TSCONFIG_PATH: join(root, "tsconfig.json"), ...env },
    });
    let [out, err] = ["", ""];
    let isStopped = false;
    child.stdout.on("data", (chunk) => {
      out += chunk;
      onOutput?.(out);
      if (isStopped || until === undefined || out.search(until) < 0) return;
      isStopped = true;
      child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });

/** Settings with which a script finds another disk than this machine's: `change` is the text of a module that may change `fs`. */
export const onAnotherDisk = (change: string): Readonly<Record<string, string>> => {
  const file = join(newFolder(), "disk.mjs");
  const text = `import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
${change}
syncBuiltinESMExports();
`;
  writeFileSync(file, text);
  return { NODE_OPTIONS: `--import ${pathToFileURL(file).href}` };
};

/** On such a disk no file has two names, as on a stick. */
export const withoutLinks = (): Readonly<Record<string, string>> =>
  onAnotherDisk(`fs.link = async () => { throw Object.assign(new Error("no links"), { code: "EPERM" }); };`);

/** Gives this process settings for as long as something goes on. */
export const withEnvironment = async <T>(
  settings: Readonly<Record<string, string>>,
  act: () => Promise<T>,
): Promise<T> => {
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  try {
    return await act();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
};

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

/** A server that keeps what is posted to it, and answers other requests as it is set up to. */
export const receive = async (answer: RequestListener = (_, response) => void response.end()) => {
  const messages: string[] = [];
  const server = await serve((request, response) => {
    if (request.method !== "POST") return answer(request, response);
    request.on("data", (chunk) => messages.push(String(chunk)));
    request.on("end", () => response.end());
  });
  return { ...server, messages };
};

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
