import { createHash } from "node:crypto";
import type { Instant } from "../../time/instant.ts";

/** A longer key is cut and ends with a hash of the whole. */
const longestKey = 120;

/**
 * The name of a job as a part of keys in Redis: letters, digits and a few signs stay, all else is percent-encoded, so that there is no colon, no blank and no
 * `@` in it.
 */
export const keyOf = (name: string): string => {
  const key = name.replace(/[^A-Za-z0-9_.-]/gu, encoded);
  return key.length <= longestKey ? key : `${key.slice(0, longestKey - 23)}~${hashOf(key)}`;
};

/** Half of a character cannot be encoded as others are. */
const encoded = (char: string): string =>
  /^[\ud800-\udfff]$/.test(char) ? `%u${char.charCodeAt(0).toString(16)}` : percent(char);

const percent = (char: string): string => encodeURIComponent(char).replace(/[!'()*~]/g, byCode);
const byCode = (char: string): string => `%${char.charCodeAt(0).toString(16)}`;

/** 22 characters that tell texts apart. */
export const hashOf = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** What a schedule is recognised by. A zone of its own is part of what was said. */
export const versionOf = (said: string, zoneName: string): string => hashOf(JSON.stringify([said, zoneName]));

/**
 * The name of an occurrence: `backup@1767225600000.1`.
 *
 * @param epoch how often the job has begun to count anew: what was planned before is never taken for what is planned after
 */
export const occurrenceId = (key: string, at: Instant, epoch: number): string => `${key}@${at}.${epoch}`;

/** The planned moment in the name of an occurrence. */
export const instantIn = (id: string): Instant => Number(/@(-?\d+)\.\d+/.exec(id)?.[1]) as Instant;
