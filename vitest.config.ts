import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/bench/**", "**/node_modules/**"],
    // Whatever the language of the machine.
    env: { ONTHEDOT_LANG: "en" },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the time is spent on waiting for processes that are killed, stopped and started.
    maxWorkers: 2,
  },
});
