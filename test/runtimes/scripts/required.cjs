const { every, jobs, ScheduleError } = require("onthedot");

every("weekday at 9am").do(function standup() {});
let error;
try {
  every("wekday at 9am");
} catch (thrown) {
  error = thrown;
}
import("onthedot").then((imported) => {
  if (jobs().length !== 1 || imported.jobs().length !== 1)
    throw new Error("import and require see different jobs");
  if (!(error instanceof ScheduleError) || !(error instanceof imported.ScheduleError)) throw error;
  console.log("require: ok");
  process.exit(0);
});
