/** Who is told of a job's runs, beside the screen: plain data. */
export interface Notices {
  readonly ping?: Ping;
  readonly notify?: readonly Notify[];
}

/** A watcher that expects to hear of each run: Healthchecks and what speaks like it. */
export interface Ping {
  /** `http:` or `https:`. */
  readonly url: string;
  /** Whether it is also told of each beginning, at `url/start`. */
  readonly start: boolean;
}

/** A person who wants to hear of runs. */
export interface Notify {
  /** `"desktop"`, `"bell"`, or an address: `http:` or `https:`. */
  readonly to: string;
  readonly on: NotifyOn;
}

/** `"failure"`: runs that failed or took too long · `"success"` · `"end"`: both. */
export type NotifyOn = "failure" | "success" | "end";

export const notifyOns: readonly NotifyOn[] = ["failure", "success", "end"];
