/** How a contender is told what to run; what is left out it cannot do. */
export interface Registering {
  readonly hourly?: (task: () => void) => void;
  readonly at?: (moment: number, task: () => void) => void;
  readonly everySecond?: (task: () => void) => void;
  /** Begins to look, where that is not done by registering. */
  readonly begin?: () => void;
  /** Looks once. */
  readonly poll?: () => unknown;
}
