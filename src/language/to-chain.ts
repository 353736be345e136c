import { months, ordinals, weekdays } from "../recurrence/describe/english-words.ts";
