import type { Chance } from "./chance.ts";

/** What a process did to a file, as `record-writes.c` writes it down. */
export interface Act {
  readonly what: "C" | "W" | "T" | "S" | "D" | "U" | "L" | "R";
  readonly name: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

export const readActs = (log: Buffer): readonly Act[] => {
  const acts: Act[] = [];
  for (let at = 0; at < log.length; ) {
    const end = log.indexOf(10, at);
    const [what, name, offset, length] = log.toString("utf8", at, end).split(" ") as [
      Act["what"],
      string,
      string,
      string,
    ];
    const bytes = log.subarray(end + 1, end + 1 + Number(length));
    acts.push({ what, name, offset: Number(offset), bytes });
    at = end + 1 + Number(length);
  }
  return acts;
};

/** A file on the disk, and what is on its way there. */
interface Inode {
  durable: Buffer;
  pending: Act[];
}

type Entry =
  | { readonly what: "C"; readonly name: string; readonly inode: Inode }
  | { readonly what: "U"; readonly name: string }
  | { readonly what: "L" | "R"; readonly name: string; readonly to: string };

const sector = 512;

/**
 * A disk that a process writes to, and that can lose its power: what was synced is there, and of everything else any part. Names are made and
 * taken away in their order, and for certain when the folder was synced.
 */
export class Disk {
  /** As the process sees it. */
  readonly #seen = new Map<string, Inode>();
  /** As it is for certain. */
  readonly #durable = new Map<string, Inode>();
  #entries: Entry[] = [];

  apply(act: Act): void {
    const { what, name } = act;
    if (what === "C") {
      const inode: Inode = { durable: Buffer.alloc(0), pending: [] };
      this.#seen.set(name, inode);
      this.#entries.push({ what, name, inode });
    } else if (what === "U") {
      this.#name({ what, name });
    } else if (what === "L" || what === "R") {
      this.#name({ what, name, to: act.bytes.toString() });
    } else if (what === "D") {
      for (const entry of this.#entries) enter(this.#durable, entry);
      this.#entries = [];
    } else this.#write(act);
  }

  #name(entry: Entry): void {
    enter(this.#seen, entry);
    this.#entries.push(entry);
  }

  #write(act: Act): void {
    const inode = this.#seen.get(act.name);
    if (!inode) throw new Error(`${act.name} was written and not created`);
    if (act.what !== "S") return void inode.pending.push(act);
    inode.durable = changed(inode.durable, inode.pending);
    inode.pending = [];
  }

  /** What is there when the power comes back: one of the many possible. */
  cut(chance: Chance): ReadonlyMap<string, Buffer> {
    const names = new Map(this.#durable);
    for (const entry of this.#entries.slice(0, chance.whole(0, this.#entries.length))) enter(names, entry);
    const losses = [allLost, someLost, endLost, oneLost];
    const lose = losses[chance.whole(0, losses.length - 1)]!;
    return new Map([...names].map(([name, inode]) => [name, lose(inode, chance)]));
  }
}

const enter = (names: Map<string, Inode>, entry: Entry): void => {
  if (entry.what === "C") {
    names.set(entry.name, entry.inode);
    return;
  }
  const inode = names.get(entry.name);
  if (entry.what !== "U" && inode) names.set(entry.to, inode);
  if (entry.what !== "L") names.delete(entry.name);
};

/** A file after some acts on it, as a new buffer: older states may still be looked at. */
const changed = (content: Buffer, acts: readonly Act[]): Buffer => {
  const ends = acts.map(({ offset, bytes }) => offset + bytes.length);
  const next = Buffer.alloc(ends.reduce((most, end) => Math.max(most, end), content.length));
  content.copy(next);
  let length = content.length;
  acts.forEach(({ what, offset, bytes }, i) => {
    if (what === "T") {
      // What is cut off is gone, also when the file grows again.
      if (offset < length) next.fill(0, offset, length);
      length = offset;
    } else {
      bytes.copy(next, offset);
      length = Math.max(length, ends[i]!);
    }
  });
  return next.subarray(0, length);
};

type Loss = (inode: Inode, chance: Chance) => Buffer;

const allLost: Loss = ({ durable }) => durable;

/** Any sector may be there, not there, or half there. */
const someLost: Loss = ({ durable, pending }, chance) => {
  const kept = pending.flatMap(sectors).filter(() => chance.next() < 0.5);
  return changed(
    durable,
    kept.map((act) => (chance.next() < 0.1 ? torn(act, chance) : act)),
  );
};

/** Everything up to one moment, the last of it half. */
const endLost: Loss = ({ durable, pending }, chance) => {
  const all = pending.flatMap(sectors);
  const kept = all.slice(0, chance.whole(0, all.length));
  return changed(
    durable,
    kept.map((act, i) => (i === kept.length - 1 ? torn(act, chance) : act)),
  );
};

/** Everything but one sector. */
const oneLost: Loss = ({ durable, pending }, chance) => {
  const all = pending.flatMap(sectors);
  const lost = chance.whole(0, all.length);
  return changed(
    durable,
    all.filter((_, i) => i !== lost),
  );
};

const torn = (act: Act, chance: Chance): Act => ({
  ...act,
  bytes: act.bytes.subarray(0, chance.whole(0, act.bytes.length)),
});

/** A write as the disk does it, sector by sector. */
const sectors = (act: Act): readonly Act[] => {
  if (act.what !== "W") return [act];
  const parts: Act[] = [];
  for (let at = act.offset; at < act.offset + act.bytes.length; ) {
    const end = Math.min(act.offset + act.bytes.length, (Math.floor(at / sector) + 1) * sector);
    parts.push({ ...act, offset: at, bytes: act.bytes.subarray(at - act.offset, end - act.offset) });
    at = end;
  }
  return parts;
};
