/** What is wrong in a cron expression, and where. */
export interface MistakeFacts {
  /** The field or thing that is wrong, as the sentence names it. */
  readonly what: string;
  readonly accepted: string;
  /** The mistaken part of the text: from `start` up to but not including `end`. */
  readonly start: number;
  readonly end: number;
  /** What could stand there instead. */
  readonly instead?: string | undefined;
}

/** Thrown while fields are read. It knows its place, but not yet whether the text would be right without it. */
export class Mistake extends Error {
  readonly facts: MistakeFacts;

  constructor(facts: MistakeFacts) {
    super(`${facts.what}: expected ${facts.accepted}`);
    this.facts = facts;
  }
}
