// You will see the errors for phrases that mean nothing, or could mean two things. onthedot never guesses.
import { ScheduleError, when } from "onthedot";

const phrases = [
  "every weekdya at 9am",
  "every 2nd tuesday", // every other Tuesday, or the second of the month?
  "every day at 25:00",
  "every day at 9am in CST", // China, Cuba, or the American Midwest?
  "whenever you like",
];

for (const phrase of phrases) {
  try {
    when(phrase);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    console.log(error.message);
    console.log();
  }
}

// It prints:
//=> Phrase: got "every weekdya at 9am". Did you mean "weekday"? Expected a unit of time, a part of the day, a length such as "15 minutes", a day of the month, a number, a date, first, second … last or a day of the week.
//=>
//=>   every weekdya at 9am
//=>         ^^^^^^^
//=>
//=> Phrase: got "every 2nd tuesday", expected "every other tuesday" or "the 2nd tuesday of every month".
//=>
//=>   every 2nd tuesday
//=>   ^^^^^^^^^^^^^^^^^
//=>
//=> Phrase: got "every day at 25:00", expected hours from 0 to 23.
//=>
//=>   every day at 25:00
//=>                ^^^^^
//=>
//=> Phrase: got "every day at 9am in CST", expected an IANA name such as "Europe/Berlin", as CST means several zones.
//=>
//=>   every day at 9am in CST
//=>                       ^^^
//=>
//=> Phrase: got "whenever you like", expected an exact number, day or time.
//=>
//=>   whenever you like
//=>   ^^^^^^^^
//=>
