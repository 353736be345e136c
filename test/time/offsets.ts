/** The first moment whose clock changes are known here, and the first that is too late. */
export const known = { from: Date.UTC(1990, 0, 1), to: Date.UTC(2046, 0, 1) } as const;

/** A moment from which on a zone has another offset. */
export interface Change {
  readonly at: number;
  /** Offsets in milliseconds. */
  readonly before: number;
  readonly after: number;
}

/** What `Intl` says a wall clock is ahead of UTC, in milliseconds; `"UTC+05:30"` is read by itself. Slow, and asked for each time. */
export const intlOffset = (zone: string): ((at: number) => number) => {
  const fixed = /^UTC(?:[+-]\d\d:\d\d)?$/.test(zone) ? readOffset(zone.slice(3)) : undefined;
  if (fixed !== undefined) return () => fixed;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    timeZoneName: "longOffset",
    era: "short",
  });
  return (at) => {
    const text = format.format(at);
    return readOffset(text.slice(text.lastIndexOf("GMT") + 3));
  };
};

/** `"+05:30"`, `"-03:30"`, `"+00:44:30"`; nothing is zero. */
const readOffset = (text: string): number => {
  if (text === "") return 0;
  const [hours, minutes, seconds] = text.slice(1).split(":").map(Number);
  return (text[0] === "-" ? -1 : 1) * ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
};

/** No clock has changed twice in less time; the shortest is a week less an hour, in Boa Vista in 2000. */
const step = 6 * 86_400_000;

/** Every change of a zone's offset in a stretch of time, found by sampling and then halving. */
export const changes = (offset: (at: number) => number, from: number, to: number): readonly Change[] => {
  const found: Change[] = [];
  for (let at = from, before = offset(from); at < to; at += step) {
    const after = offset(at + step);
    if (after === before) continue;
    let [low, high] = [at, at + step];
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, before, after });
    before = after;
  }
  return found;
};

/** Zones with the same rules, and every change of their clocks. */
export interface Rules {
  readonly zones: readonly string[];
  readonly changes: readonly Change[];
}

/** Zones that agree at every sample, and at each change of the first of them, are taken together. */
export const allRules = (from: number, to: number): readonly Rules[] => {
  const alike = new Map<string, string[]>();
  for (const name of Intl.supportedValuesOf("timeZone")) {
    const offset = intlOffset(name);
    const samples: number[] = [];
    for (let at = from; at < to; at += step) samples.push(offset(at));
    const key = samples.join();
    alike.set(key, [...(alike.get(key) ?? []), name]);
  }
  return [...alike.values()].flatMap((zones) => {
    const found = changes(intlOffset(zones[0]!), from, to);
    const agrees = (name: string) => {
      const offset = intlOffset(name);
      return found.every(({ at, before, after }) => offset(at - 1_000) === before && offset(at) === after);
    };
    return [
      { zones: zones.filter(agrees), changes: found },
      ...zones
        .filter((name) => !agrees(name))
        .map((name) => ({ zones: [name], changes: changes(intlOffset(name), from, to) })),
    ];
  });
};

const zones = new Map<string, readonly Change[]>();

/** The changes of a zone from 1990 to 2046, remembered. */
export const changesOf = (zone: string): readonly Change[] => {
  const old = zones.get(zone);
  if (old) return old;
  const offset = intlOffset(zone);
  const all = changes(offset, known.from, known.to);
  const first = { at: -Infinity, before: offset(known.from), after: offset(known.from) };
  const fresh = [first, ...all];
  zones.set(zone, fresh);
  return fresh;
};

/** The offset at a moment from 1990 to 2046, from the remembered changes. */
export const offsetIn = (zone: string, at: number): number => {
  if (at < known.from || at >= known.to)
    throw new RangeError(`${at} lies outside the years that are known here`);
  const list = changesOf(zone);
  let [low, high] = [0, list.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (list[middle]!.at <= at) low = middle;
    else high = middle;
  }
  return list[low]!.after;
};
