import type { Redis } from "../bullmq.ts";
import type { Link } from "./link.ts";

/** What machines tell each other at once. */
export interface Heard {
  /** A job stands elsewhere, is paused, goes on, or is over. */
  changed(key: string): void;
  /** A run is to be called off, wherever it goes on. */
  cancel(id: string): void;
}

/** Listens to the other machines. What is not heard, for the connection is lost, is found out when jobs are looked at the next time. */
export const listen = (link: Link, { changed, cancel }: Heard): Redis => {
  const ear = link.redis.duplicate();
  ear.on("error", () => {});
  ear.on("message", (_, message) => {
    const said = read(message);
    if (typeof said.changed === "string") changed(said.changed);
    if (typeof said.cancel === "string") cancel(said.cancel);
  });
  void ear
    .connect()
    .catch(() => {})
    .then(() => ear.subscribe(link.channel))
    .catch(() => {});
  return ear;
};

const read = (message: string): { readonly changed?: unknown; readonly cancel?: unknown } => {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
};
