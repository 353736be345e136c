// You will see programs run as jobs: their output, and what happens when one fails.
import { every, listen } from "onthedot";

//  crontab: 30 2 * * * rsync -a photos/ backup/ >> backup.log 2>&1
//  Here:    every().day.at("02:30").exec("rsync", ["-a", "photos/", "backup/"]);
//  No shell reads the arguments, so a space or a $ stays as it is. Each line a program writes appears in the log
//  after the job's name. A program that times out or is cancelled is ended, with everything it started.

const node = process.execPath;
const nightly = every().day.at("02:30");

const greeter = nightly
  .named("greeter")
  .exec(node, ["-e", "console.log(process.env.WHOM); console.log('$HOME')"], { env: { WHOM: "world" } });

const copier = nightly
  .named("copier")
  .exec(node, ["-e", "console.log('copying'); console.error('no space left'); process.exitCode = 11"]);

const sorter = nightly.named("sorter").exec("echo 3 1 2 | tr ' ' '\\n' | sort", { shell: true });

listen("succeeded", ({ job }) => console.log(`${job.name} succeeded`));
listen("failed", ({ job, run }) => console.log(`${job.name} failed: ${run.error?.replace(node, "node")}`));

//  Run by hand, one after the other, so you need not wait for the night. Your own script ends with run();

async function main() {
  for (const job of [greeter, copier, sorter]) await job.run().catch(() => {});
}

main();

// It prints:
//=> greeter | world
//=> greeter | $HOME
//=> greeter succeeded
//=> copier | copying
//=> copier failed: ProgramError: node exited with code 11: no space left
//=> sorter | 1
//=> sorter | 2
//=> sorter | 3
//=> sorter succeeded
