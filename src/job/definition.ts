import type { Hearing } from "../language/hearing.ts";
import type { Policies } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Milliseconds } from "../time/instant.ts";
import type { Job, Task } from "./job.ts";
import type { Notices } from "./notices.ts";

/** All that a chain has said when it comes to `do`. */
export interface Definition {
  readonly recurrence: Recurrence;
  /** What the words say at another moment: "in 10 minutes", "tomorrow at 9". Left out where they say the same at any. */
  recurrenceAt?(hearing: Hearing): Recurrence;
  /** The words as they were written, to recognise a job whose schedule has changed: `every(3).days.at("10:30")`. */
  readonly said: string;
  readonly name?: string;
  readonly tags: readonly string[];
  readonly policies: Policies;
  /** Who is told of its runs. */
  readonly notices?: Notices | undefined;
  /** Also run once at the start. */
  readonly now: boolean;
  readonly task: Task;
  readonly args: readonly unknown[];
  /** Where `do` was said, for a task without a name. */
  readonly place?: Error;
  readonly manner?: Manner;
}

/** What a task asks for beside being called: a program and a thread take their time to end. */
export interface Manner {
  /** How long a task whose time is up is waited for after its signal has aborted. @default 0 */
  readonly grace?: Milliseconds;
  /** Lets go of what the task keeps between its runs; called when the scheduler has stopped. */
  readonly close?: () => Promise<void>;
}

/** What a chain needs of a scheduler, and all that it knows of it. */
export interface Registrar {
  hearing(): Hearing;
  register(definition: Definition): Job;
}
