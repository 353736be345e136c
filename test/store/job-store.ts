import { sqlite as open, type SqliteOptions } from "../../src/sqlite.ts";
import type { JobStore } from "../../src/store/store.ts";

/** A store with what only the scheduler uses. */
export const sqlite = open as (path: string, options?: SqliteOptions) => JobStore;
