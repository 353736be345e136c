/** A line is given out in parts of this many characters: a program that never ends one must not fill the memory. */
const longestLine = 64 * 1024;

/** Cuts what arrives in pieces into lines. Of a line that was written over, as bars of progress are, only what stood there at last is kept. */
export class Lines {
  #rest = "";
  readonly #give: (line: string) => void;

  /** @param give called for every line, without its end */
  constructor(give: (line: string) => void) {
    this.#give = give;
  }

  add(text: string): void {
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop()!;
    for (const part of parts) this.#give(lastWritten(part));
    for (; this.#rest.length > longestLine; this.#rest = this.#rest.slice(longestLine))
      this.#give(this.#rest.slice(0, longestLine));
  }

  /** Gives out a last line that was never ended. */
  end(): void {
    if (this.#rest !== "") this.#give(lastWritten(this.#rest));
    this.#rest = "";
  }
}

/** What a terminal shows of a line in the end. */
const lastWritten = (line: string): string => line.replace(/\r+$/, "").replace(/^.*\r/s, "");
