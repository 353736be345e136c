import type { Host } from "../engine.ts";
import type { Link } from "./link.ts";

/** The oldest Redis that BullMQ takes without a warning. */
const oldest = [6, 2];

/** Tells what is known to go wrong with a Redis like this one. */
export const checkServer = async ({ redis }: Link, { warn }: Host): Promise<void> => {
  const info = await redis.info().catch(() => "");
  const version = /^redis_version:(\d+)\.(\d+)/m.exec(info);
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (version && isOlder(Number(version[1]), Number(version[2])))
    warn(`Redis ${version[1]}.${version[2]} is old: use ${oldest.join(".")} or a later one`);
  if (policy !== undefined && policy !== "noeviction")
    warn(
      `Redis forgets what it pleases when its memory is full (maxmemory-policy ${policy}), jobs too: set it to noeviction`,
    );
};

const isOlder = (major: number, minor: number): boolean =>
  major < oldest[0]! || (major === oldest[0] && minor < oldest[1]!);
