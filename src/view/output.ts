/** Where text is written: a stream of the process, or a test's. */
export interface Output {
  write(text: string): unknown;
  /** Whether a terminal shows it. */
  readonly isTTY?: boolean;
  /** How wide that terminal is. */
  readonly columns?: number;
}

/** The part of the environment that says how text may look, and what started the process. */
export type Environment = Readonly<Record<string, string | undefined>>;
