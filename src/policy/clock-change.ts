/** How far three clocks have moved since the last look, in milliseconds. */
export interface ClockMoves {
  readonly wall: number;
  /** Stands still while the machine sleeps, where {@link uptime} is known. */
  readonly monotonic: number;
  /** Counts sleep as well; left out where the machine does not tell. */
  readonly uptime?: number | undefined;
}

/** What happened to the wall clock beside the time that passed, in milliseconds. */
export interface ClockChange {
  /** How long the machine slept. */
  readonly slept: number;
  /** How far the clock was set: positive forward, negative back. */
  readonly stepped: number;
}

/**
 * Tells sleep from a clock that was set.
 *
 *     wall        |=========================|
 *     uptime      |=============|             <- the rest was a step
 *     monotonic   |======|                    <- the rest was sleep
 *
 * Without an uptime, a wall clock that is ahead counts as sleep. What is within the tolerance is rounded away.
 */
export const clockChange = ({ wall, monotonic, uptime }: ClockMoves, tolerance: number): ClockChange => {
  const ahead = Math.round(wall - monotonic);
  if (Math.abs(ahead) <= tolerance && (uptime === undefined || uptime - monotonic <= tolerance)) return none;
  // An uptime that is behind the monotonic clock counts something else.
  if (uptime === undefined || uptime < monotonic - tolerance)
    return ahead > 0 ? { slept: ahead, stepped: 0 } : { slept: 0, stepped: ahead };
  const slept = Math.round(uptime - monotonic);
  const stepped = ahead - slept;
  if (Math.abs(stepped) <= tolerance) return { slept: Math.max(0, ahead), stepped: 0 };
  return slept <= tolerance ? { slept: 0, stepped: ahead } : { slept, stepped };
};

const none: ClockChange = { slept: 0, stepped: 0 };
