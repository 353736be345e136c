/** Computes for ever and never looks up; the file is grown so that it can be seen from outside. */
import { appendFileSync } from "node:fs";

export default function endless(log: string): void {
  appendFileSync(log, "computing\n");
  for (;;);
}
