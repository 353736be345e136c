import type { ChildProcess } from "node:child_process";
import type { Chance } from "../chance.ts";
import { type Seam, seams } from "../children/seams.ts";
import { pause } from "../children.ts";
import { endInPeace, gone, readNotes } from "./crew.ts";

/** Where a process was when it was killed. */
export type Phase = Seam | "between runs";

interface Place {
  child: ChildProcess | undefined;
  seam: Seam;
}

/** Some processes, of which one is killed each second and started again at once. */
export class Killing {
  kills = 0;
  readonly cut: Record<Phase, number> = Object.fromEntries(
    [...seams, "between runs"].map((phase) => [phase, 0]),
  ) as Record<Phase, number>;
  readonly #places: Place[];
  readonly #start: (seam: Seam) => Promise<ChildProcess>;
  readonly #chance: Chance;
  readonly #log: string;
  readonly #dying = new Set<Promise<void>>();

  constructor(machines: number, chance: Chance, log: string, start: (seam: Seam) => Promise<ChildProcess>) {
    this.#places = Array.from({ length: machines }, () => ({
      child: undefined,
      seam: this.#anySeam(chance),
    }));
    this.#chance = chance;
    this.#log = log;
    this.#start = start;
  }

  async start(): Promise<void> {
    await Promise.all(this.#places.map((place) => this.#fill(place)));
  }

  /** Half of the kills come at any moment, half at the next passing of a seam. */
  async killFor(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await pause(1_000);
      const alive = this.#places.filter(({ child }) => child);
      const place = alive[this.#chance.whole(0, alive.length - 1)];
      // A busy computer starts them slowly: one goes on at any time.
      if (!place || alive.length === 1) continue;
      const death = this.#kill(place, this.#chance.next() < 0.5).finally(() => this.#dying.delete(death));
      this.#dying.add(death);
    }
    await Promise.all(this.#dying);
  }

  /** Lets all end in peace. */
  async end(): Promise<void> {
    await endInPeace(this.#places.flatMap(({ child }) => child ?? []));
  }

  #anySeam(chance: Chance): Seam {
    return seams[chance.whole(0, seams.length - 1)]!;
  }

  async #fill(place: Place): Promise<void> {
    place.seam = this.#anySeam(this.#chance);
    place.child = await this.#start(place.seam);
  }

  async #kill(place: Place, isAtSeam: boolean): Promise<void> {
    const child = place.child!;
    place.child = undefined;
    const hasDied = isAtSeam && (await gone(child, "SIGUSR2", 3_000));
    if (!hasDied) await gone(child, "SIGKILL", 10_000);
    this.kills++;
    this.cut[hasDied ? place.seam : this.#phaseOf(child.pid!)]++;
    await this.#fill(place);
  }

  #phaseOf(pid: number): Phase {
    const own = readNotes(this.#log).filter((note) => note.pid === pid);
    const count = (word: string) => own.filter((note) => note.word === word).length;
    return count("start") > count("end") ? "running" : "between runs";
  }
}
