import { halt, reschedule, resume, stop } from "./lua/change.ts";
import { enrol } from "./lua/enrol.ts";
import { history, known, look, news, outbox, sent } from "./lua/look.ts";
import { over, plan } from "./lua/plan.ts";
import { begin, finish, leave, mend, note, refuse, release, renew } from "./lua/run.ts";
import { shared } from "./lua/shared.ts";

/** What Redis does for us at once, by name. */
const bodies = {
  enrol,
  look,
  outbox,
  sent,
  history,
  news,
  known,
  plan,
  over,
  begin,
  finish,
  release,
  renew,
  leave,
  mend,
  refuse,
  note,
  halt,
  resume,
  stop,
  reschedule,
};

export type ScriptName = keyof typeof bodies;

export const scripts: readonly (readonly [ScriptName, string])[] = (Object.keys(bodies) as ScriptName[]).map(
  (name) => [name, shared + bodies[name]],
);
