import { main } from "./cli.ts";

// A reader such as `head` that has seen enough is no mistake.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await main(process.argv.slice(2), process.stdout, process.stderr);
