import { lessonsInEnglish } from "./lessons.en.ts";

export const lessonsInChinese = lessonsInEnglish;
