/** Timers are about a millisecond late on one machine, two and more on another; nothing shorter is tried. */
const shortest = 2;
/** What is later than this is no timer's doing. */
const longest = 10;
/** After so many wakings that all had time left, it may be shorter again. */
const enough = 100;

/**
 * How long before a start a precise loop is awake, in milliseconds: a little longer than timers are late, which is found out on the way. Each
 * millisecond more costs as much CPU a start.
 */
export class Vigil {
  #length = shortest;
  /** The least that was left at a waking since the length has changed. */
  #least = Infinity;
  #wakings = 0;

  get length(): number {
    return this.#length;
  }

  /** @param left whole milliseconds from the waking to the start; 1 can be nearly nothing */
  woke(left: number): void {
    if (left < -longest) return;
    this.#least = Math.min(this.#least, left);
    this.#wakings++;
    if (left <= 1) this.#become(this.#length + 1);
    else if (this.#wakings >= enough) this.#become(this.#least > 2 ? this.#length - 1 : this.#length);
  }

  #become(length: number): void {
    this.#length = Math.min(longest, Math.max(shortest, length));
    this.#least = Infinity;
    this.#wakings = 0;
  }
}
