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
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The earliest, or nothing. */
  get first(): T | undefined {
    return this.#items[0];
  }

  items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    item.place = this.#items.length;
    this.#items.push(item);
    this.#rise(item);
  }

  /** Takes an item out, wherever it lies; one that is not in the heap is left alone. */
  remove(item: T): void {
    const { place } = item;
    if (place < 0) return;
    const last = this.#items.pop()!;
    item.place = -1;
    if (last === item) return;
    this.#put(last, place);
    this.move(last);
  }

  /** Puts an item where it belongs after its moment has changed. */
  move(item: T): void {
    this.#rise(item);
    this.#sink(item);
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  #rise(item: T): void {
    while (item.place > 0) {
      const parent = this.#items[(item.place - 1) >> 1]!;
      if (!isBefore(item, parent)) return;
      const { place } = item;
      this.#put(item, parent.place);
      this.#put(parent, place);
    }
  }

  #sink(item: T): void {
    for (;;) {
      const left = 2 * item.place + 1;
      const [a, b] = [this.#items[left], this.#items[left + 1]];
      const child = b && a && isBefore(b, a) ? b : a;
      if (!child || !isBefore(child, item)) return;
      const { place } = item;
      this.#put(item, child.place);
      this.#put(child, place);
    }
  }
}

const isBefore = (a: Planned, b: Planned): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
