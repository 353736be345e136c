import type { Definition, Manner } from "../job/definition.ts";
import type { Task } from "../job/job.ts";
import type { Notices } from "../job/notices.ts";
import type { Hearing } from "../language/hearing.ts";
import type { Policies } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import { recurrenceOf } from "./recurrence-of.ts";
import type { Traits, When } from "./said.ts";
import { type Spoken, spokenText } from "./spoken.ts";

/** What a chain hands over at `do`. The words it was said in become text when somebody asks for them. */
export class Defined implements Definition {
  readonly recurrence: Recurrence;
  declare readonly name?: string;
  readonly task: Task;
  readonly args: readonly unknown[];
  declare readonly place?: Error;
  declare readonly manner?: Manner;
  readonly #when: When;
  readonly #spoken: Spoken;
  readonly #traits: Traits;

  constructor(
    recurrence: Recurrence,
    when: When,
    spoken: Spoken,
    traits: Traits,
    task: Task,
    args: readonly unknown[],
    place: Error | undefined,
    manner: Manner | undefined,
  ) {
    this.recurrence = recurrence;
    this.task = task;
    this.args = args.length === 0 ? noArguments : args;
    this.#when = when;
    this.#spoken = spoken;
    this.#traits = traits;
    if (traits.name !== undefined) this.name = traits.name;
    if (place) this.place = place;
    if (manner) this.manner = manner;
  }

  recurrenceAt(hearing: Hearing): Recurrence {
    return recurrenceOf(this.#when, hearing);
  }

  get said(): string {
    return spokenText(this.#spoken);
  }
  get tags(): readonly string[] {
    return this.#traits.tags;
  }
  get policies(): Policies {
    return this.#traits.policies;
  }
  get now(): boolean {
    return this.#traits.now;
  }
  get notices(): Notices | undefined {
    return this.#traits.notices;
  }
}

/** One for all, for most tasks have none. */
const noArguments: readonly unknown[] = Object.freeze([]);
