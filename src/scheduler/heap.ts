/** What a {@link Heap} holds: something with a moment, and an order among those of one moment. */
export interface Planned {
  due: number;
  readonly order: number;
  /** Where it lies in the heap, -1 when it is not in one. The heap keeps it. */
  place: number;
}

/**
 * A binary heap: the earliest is at hand at once, adding and removing cost the logarithm of the number. Below some hundred thousand
 * timers it beats a timing wheel, which pays for every tick.
 */
export class Heap<T extends Planned> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    this.#rise(item, this.#items.length);
  }

  /** Takes an item out, wherever it lies; one that is not in the heap is left alone. */
  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    const last = this.#items.pop()!;
    item.place = -1;
    if (last === item) return;
    this.#rise(last, place);
    this.#sink(last);
  }

  /**
   * Takes out all that are due at a moment, in order. From {@link many} on, one pass over the whole heap is cheaper than taking each
   * from the top: 100,000 at once cost 10 ms instead of 90.
   */
  takeUntil(moment: number): readonly T[] {
    if (this.#countDue(moment, many) === many) return this.#sweep(moment);
    const taken: T[] = [];
    for (let { first } = this; first && first.due <= moment; { first } = this) {
      this.remove(first);
      taken.push(first);
    }
    return taken;
  }

  /** How many are due at a place and below it, up to a limit: what is due lies above all that is not. */
  #countDue(moment: number, limit: number, place = 0): number {
    const item = this.#items[place];
    if (limit === 0 || !item || item.due > moment) return 0;
    const left = 1 + this.#countDue(moment, limit - 1, 2 * place + 1);
    return left + this.#countDue(moment, limit - left, 2 * place + 2);
  }

  #sweep(moment: number): readonly T[] {
    const all = this.#items;
    this.#items = [];
    const due: T[] = [];
    for (const item of all) {
      item.place = -1;
      if (item.due <= moment) due.push(item);
      else this.add(item);
    }
    return due.sort((a, b) => a.due - b.due || a.order - b.order);
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  /** Puts an item at a place, or above it. */
  #rise(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#items[(place - 1) >> 1]!;
      if (!isBefore(item, parent)) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(item, place);
  }

  #sink(item: T): void {
    let { place } = item;
    for (;;) {
      const left = this.#items[2 * place + 1];
      const right = this.#items[2 * place + 2];
      const child = left && right && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, item)) break;
      const free = child.place;
      this.#put(child, place);
      place = free;
    }
    this.#put(item, place);
  }
}

const many = 1_000;

const isBefore = (a: Planned, b: Planned): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
