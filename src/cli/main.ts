#!/usr/bin/env node
import module from "node:module";

// Node 22 and later compile our files once and keep the result; a library must not decide this for its program.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const { main } = await import("./cli.ts");

// A reader such as `head` may close the pipe early.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await main(process.argv.slice(2), process.stdout, process.stderr);
