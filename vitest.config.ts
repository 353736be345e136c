import { existsSync, statfsSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** A file's name says which project it belongs to; test/README.md says when to use which. */
const slow = {
  process: ["test/**/*.process.test.ts"],
  terminal: ["test/**/*.terminal.test.ts"],
  redis: ["test/**/*.redis.test.ts"],
  pages: ["test/**/*.pages.test.ts"],
  faults: ["test/faults/**/*.test.ts"],
};

/** A disk on which syncing costs nothing: many quick tests make a store. */
const memory = "/dev/shm";
const hasMemory =
  existsSync(memory) && statfsSync(memory).bavail * statfsSync(memory).bsize > 256 * 1_048_576;

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Whatever the language of the machine.
    env: { ONTHEDOT_LANG: "en" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["test/**/*.test.ts"],
          exclude: [...Object.values(slow).flat(), "test/bench/**", "**/node_modules/**"],
          setupFiles: ["test/quick.ts"],
          env: hasMemory ? { TMPDIR: memory } : {},
        },
      },
      ...Object.entries(slow).map(([name, include]) => ({
        extends: true as const,
        test: { name, include, exclude: ["**/node_modules/**"] },
      })),
    ],
  },
});
