import { join } from "node:path";
import { sqlite } from "../../src/sqlite.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { storeContract } from "./contract.ts";
import { folder } from "./scene.ts";

storeContract("memory", memoryStore);
storeContract("an SQLite file", () => sqlite(join(folder(), "jobs.db")));
storeContract("an SQLite file that is required", () => sqlite(join(folder(), "jobs.db"), { strict: true }));
