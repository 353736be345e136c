import { nearest } from "../../errors.ts";
import { Mistake } from "./mistake.ts";

/**
 * The expression a nickname stands for; undefined for a text that is none.
 *
 * @throws Mistake for one that is not known, with what to write for `@every` and `@reboot`.
 */
export const nicknamed = (text: string): string | undefined => {
  if (!text.includes("@")) return undefined;
  const found = /^\s*(@\S*)\s*/.exec(text);
  if (!found) return undefined;
  const nickname = found[1]!.toLowerCase();
  const rest = text.slice(found[0].length).trimEnd();
  const known = expressions.get(nickname);
  if (known === undefined) {
    const start = text.indexOf("@");
    throw new Mistake({
      what: "nickname",
      accepted: advice(nickname, rest),
      start,
      end: start + nickname.length,
      instead: nearest(nickname, expressions.keys()),
    });
  }
  if (rest === "") return known;
  const [start, end] = [found[0].length, found[0].length + rest.length];
  throw new Mistake({
    what: "nickname",
    accepted: `nothing more after ${nickname}`,
    start,
    end,
    instead: "",
  });
};

const expressions: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const advice = (nickname: string, rest: string): string => {
  if (nickname === "@every")
    return `every(${JSON.stringify(rest || "5 minutes")}), which counts elapsed time`;
  if (nickname === "@reboot") return ".now() on any schedule, which runs it once at the start as well";
  return [...expressions.keys()].join(", ");
};
