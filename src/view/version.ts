import { readFileSync } from "node:fs";

/** Filled in by the build; a bundle of a user's script has no package.json beside it. */
declare const ONTHEDOT_VERSION: string | undefined;

/** The version of this package. */
export const version = (): string => {
  if (typeof ONTHEDOT_VERSION === "string") return ONTHEDOT_VERSION;
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
};
