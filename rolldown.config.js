import { defineConfig } from "rolldown";

/**
 * The package in few files: Node takes half a millisecond for each module it loads, and what `import "onthedot"` needs are 150 of them.
 * All that is needed at once is one file, `parts/core`; what comes later (the screen, the commands, SQLite) lies beside it. The parts
 * lie one folder deep, as the sources do, so that paths counted from a module stay right.
 */
export default defineConfig({
  input: {
    index: "src/index.ts",
    schedule: "src/schedule.ts",
    sqlite: "src/sqlite.ts",
    testing: "src/testing.ts",
    "cli/main": "src/cli/main.ts",
    // Started by its path, in a thread.
    "parts/thread": "src/task/thread.ts",
  },
  platform: "node",
  logLevel: "warn",
  external: /^[^./]/,
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    sourcemap: true,
    comments: false,
    chunkFileNames: "parts/[name].js",
    // A group takes along all that its modules import.
    codeSplitting: { groups: [{ name: "core", test: /src.default\.ts$/ }] },
  },
});
