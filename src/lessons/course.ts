import { drift } from "./drift.ts";
import { heap } from "./heap.ts";
import { interval } from "./interval.ts";
import type { Lesson } from "./lesson.ts";
import { loop } from "./loop.ts";
import { nights } from "./nights.ts";
import { overlap } from "./overlap.ts";
import { retry } from "./retry.ts";
import { sleep } from "./sleep.ts";

/** The course, in its order: lesson 1 comes first. */
const lessons: readonly Lesson[] = [loop, drift, heap, interval, nights, overlap, sleep, retry];

export const course = (): readonly Lesson[] => lessons;
