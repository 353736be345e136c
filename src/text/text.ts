import { en } from "./en.ts";

/**
 * The catalogue of everything a person reads. Another language is another file with the same keys, which the compiler checks.
 */
export type Texts = typeof en;

/** The texts in the language of the person at the terminal. */
export const texts = (): Texts => en;
