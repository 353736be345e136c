/** A program did not end as it should, or did not start. */
export class ProgramError extends Error {
  /** Its exit code, where it ended by itself. */
  readonly code: number | undefined;
  /** What ended it, where something did: `"SIGKILL"`. */
  readonly signal: string | undefined;

  constructor(message: string, code?: number, signal?: string) {
    super(message);
    this.name = "ProgramError";
    this.code = code;
    this.signal = signal;
  }
}
