import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/**
 * Whether the hangup signal was ignored when this process was started: by `nohup`, or by a shell with `trap "" HUP`.
 *
 * Node gives every signal its default at startup, so its own mask no longer shows that it was ignored; what started it does. Where there is no
 * /proc, a process without a terminal is taken for one that was started so.
 */
export const ignoresHangup = (): boolean => {
  const status = read("/proc/self/status");
  if (status === "") return !(process.stdout.isTTY || process.stderr.isTTY);
  if (ignoresHangupIn(status) || isNohup(process.env._)) return true;
  // nohup(1) puts /dev/null, opened for writing alone, in the place of a terminal's input.
  if (/^flags:\s*0\d*1$/m.test(read("/proc/self/fdinfo/0")) && targetOf("/proc/self/fd/0") === "/dev/null")
    return true;
  return parents().some(
    (parent) =>
      ignoresHangupIn(read(`/proc/${parent}/status`)) ||
      isNohup(/(?:^|\0)_=([^\0]*)/.exec(read(`/proc/${parent}/environ`))?.[1]),
  );
};

/** proc(5): the lowest bit is signal 1, SIGHUP. */
const ignoresHangupIn = (status: string): boolean =>
  (Number.parseInt(/^SigIgn:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? "0", 16) & 1) === 1;

/** Shells put the program they start into `_`, and `nohup` hands it on. */
const isNohup = (program: string | undefined): boolean =>
  program !== undefined && basename(program) === "nohup";

/** The processes of this session that started this one: npx, tsx, a shell. */
const parents = (): readonly number[] => {
  const own = statOf("self");
  const found: number[] = [];
  for (let stat = own; stat && found.length < 10; ) {
    const { parent } = stat;
    stat = statOf(parent);
    if (!stat || stat.session !== own?.session) break;
    found.push(parent);
  }
  return found;
};

const statOf = (
  process: number | "self",
): { readonly parent: number; readonly session: number } | undefined => {
  // The name of the command, in parentheses, may hold anything; after it: state, parent, group, session.
  const [, parent, , session] = read(`/proc/${process}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return parent === undefined ? undefined : { parent: Number(parent), session: Number(session) };
};

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
};

const targetOf = (link: string): string => {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
};
