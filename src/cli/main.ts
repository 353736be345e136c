#!/usr/bin/env node
import { readLanguageFlag } from "../text/text.ts";
import { main } from "./cli.ts";

// A reader such as `head` may close the pipe early.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await main(readLanguageFlag(process.argv.slice(2)).rest, process.stdout, process.stderr);
