import type { Manner } from "../job/definition.ts";
import type { Task } from "../job/job.ts";

/** A task, and how it is treated. */
export interface Doing {
  readonly task: Task;
  readonly manner: Manner;
}
