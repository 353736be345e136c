/** Random lengths in a row, the same in every process and in whatever order they are asked for. */
export interface Draw {
  /** The sum of the first `count` lengths. */
  sum(count: number): number;
  /** How many lengths fit into a stretch that begins where the first one does. */
  reach(stretch: number): number;
}

/**
 * Lengths from `least` to `most`, both included, in whole multiples of `unit` above `least`, each equally likely.
 *
 * They come in pairs: the second of a pair is as far from `most` as the first is from `least`. So every pair has the same
 * sum, and the place of the millionth length is known without drawing the ones before it:
 *
 *     |--- x ---|----- least+most-x -----|-- y --|------ least+most-y ------|
 *     |<---------- least+most ---------->|<---------- least+most ---------->|
 */
export const draw = (seed: string, least: number, most: number, unit: number): Draw => {
  const start = hash(seed);
  const choices = Math.floor((most - least) / unit) + 1;
  const pair = least + least + (choices - 1) * unit;
  const first = (index: number) => least + Math.floor(fraction(start, index) * choices) * unit;
  const sum = (count: number) => {
    const pairs = Math.floor(count / 2);
    return pairs * pair + (count % 2 === 1 ? first(pairs) : 0);
  };
  return {
    sum,
    reach(stretch) {
      const count = 2 * Math.floor(stretch / pair);
      return sum(count + 1) <= stretch ? count + 1 : count;
    },
  };
};

/** A number from 0 (included) to 1 (excluded) for a text and an index; well mixed, not for secrets. */
export const fraction = (start: number, index: number): number => {
  let mixed = (start ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
};

/** FNV-1a of 32 bits. */
export const hash = (text: string): number => {
  let mixed = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  return mixed >>> 0;
};
