import { join } from "node:path";
import { memoryStore } from "../../src/store/memory.ts";
import { storeContract } from "./contract.ts";
import { sqlite } from "./job-store.ts";
import { folder } from "./scene.ts";

storeContract("memory", memoryStore);
storeContract("an SQLite file", () => sqlite(join(folder(), "jobs.db")));
storeContract("an SQLite file that is required", () => sqlite(join(folder(), "jobs.db"), { strict: true }));
