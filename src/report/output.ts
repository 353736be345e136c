import type { SchedulerCore } from "../scheduler/scheduler.ts";
import type { Output } from "../terminal/style.ts";
import { safeJson } from "../terminal/text.ts";
import { formatIso } from "../time/iso.ts";

/** A stream that holds JSON lines alone. */
export interface JsonLines {
  /** Before the end of a run comes what its job wrote without the end of a line. */
  print(object: object): void;
  /** Gives the stream back, after what was written without the end of a line. */
  close(): void;
}

/**
 * Takes a stream for JSON lines. What jobs and others write to it from now on becomes events, a line each: `{ time, event: "output", job, text }`, with
 * `job: null` where no job wrote it.
 */
export const jsonLines = (
  stream: Output,
  scheduler: Pick<SchedulerCore, "clock" | "zone" | "callers">,
): JsonLines => {
  const { clock, zone } = scheduler;
  const { write } = stream;
  const print = (object: object): void => void write.call(stream, `${safeJson(object)}\n`);
  /** The ends of what each job wrote: jobs that overlap do not continue each other's lines. */
  const unended = new Map<string | null, string>();
  const printOutput = (job: string | null, line: string): void => {
    // What an exec task writes names its job already.
    const own = `${job} | `;
    const text = line.startsWith(own) ? line.slice(own.length) : line;
    print({ time: formatIso(clock.now(), zone), event: "output", job, text });
  };
  const capture = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const job = scheduler.callers()[0]?.job.name ?? null;
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const lines = `${unended.get(job) ?? ""}${text}`.split("\n");
    unended.set(job, lines.pop()!);
    for (const line of lines) printOutput(job, line);
    const callback = rest.find((one) => typeof one === "function");
    if (callback) process.nextTick(callback as () => void);
    return true;
  };
  stream.write = capture;
  const endLine = (job: string | null): void => {
    const line = unended.get(job) ?? "";
    unended.delete(job);
    if (line !== "") printOutput(job, line);
  };
  return {
    print(object) {
      const { job, outcome } = object as { readonly job?: string; readonly outcome?: string };
      if (job !== undefined && outcome !== undefined) endLine(job);
      print(object);
    },
    close() {
      for (const job of [...unended.keys()]) endLine(job);
      // Somebody may have put a write of their own over this one meanwhile.
      if (stream.write === capture) stream.write = write;
    },
  };
};
