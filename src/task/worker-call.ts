/** A module whose function runs in a thread of its own. */
export interface WorkerModule {
  /** `new URL("./heavy.ts", import.meta.url)` */
  readonly file: URL;
  /** The name under which it exports the function. @default "default" */
  readonly export?: string;
}

/** What a function in a worker gets as its last argument. It gets no signal: its thread is ended when the run is called off. */
export interface WorkerContext {
  /** The job's name. */
  readonly job: string;
  /** The planned moment, however late the run started. */
  readonly scheduled: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** What is sent to a thread. */
export interface WorkerCall {
  readonly file: string;
  readonly export: string;
  readonly args: readonly unknown[];
}
