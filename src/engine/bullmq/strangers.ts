import type { Instant } from "../../time/instant.ts";
import type { Reply } from "../bullmq.ts";
import type { Stranger } from "../engine.ts";
import type { Link } from "./link.ts";

/** The jobs that Redis knows, without those of this script. */
export const readStrangers = async (link: Link, own: ReadonlySet<string>): Promise<readonly Stranger[]> => {
  const keys = ((await link.run("known")) as readonly string[]).filter((key) => !own.has(key));
  const strangers: Stranger[] = [];
  for (let i = 0; i < keys.length; i += 500) {
    const [, , , rows] = await link.ask("look", ...keys.slice(i, i + 500).flatMap((key) => [key, ""]));
    for (const row of rows as readonly (readonly Reply[])[]) {
      if (row.length === 0 || row[7] !== "") continue;
      const cursor = row[3] === "" ? null : (Number(row[3]) as Instant);
      strangers.push({ name: String(row[11]), said: String(row[12]), cursor, isPaused: row[4] === "1" });
    }
  }
  return strangers;
};
