/**
 * Runs a suite again and again beside two busy processes, and counts how often it fails: `npm run test:repeat -- corrupt 300`. The last figure is the seed of the first run, where
 * each run is to have another one: `npm run test:repeat -- language/crossing 100 1`.
 */
import { spawn, spawnSync } from "node:child_process";

const [suite, times = "20", firstSeed] = process.argv.slice(2);
if (!suite) throw new Error("which suite? npm run test:repeat -- corrupt 300");

const busy = `setInterval(() => {
  for (const end = Date.now() + 95; Date.now() < end; );
  if (process.ppid !== ${process.pid}) process.exit();
}, 1)`;
const others = [1, 2].map(() => spawn(process.execPath, ["-e", busy], { stdio: "ignore" }));

let failures = 0;
for (let run = 0; run < Number(times); run++) {
  const seed = firstSeed === undefined ? {} : { SEED: String(Number(firstSeed) + run) };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", suite, "--maxWorkers=1", "--retry=0", "--reporter=dot"],
    { encoding: "utf8", env: { ...process.env, ...seed } },
  );
  if (status === 0) continue;
  failures++;
  console.log(`run ${run + 1}${seed.SEED ? `, SEED=${seed.SEED}` : ""}:\n${stdout}${stderr}`);
}
for (const other of others) other.kill();
console.log(`${suite}: ${failures} of ${times} runs failed`);
process.exitCode = Number(failures > 0);
