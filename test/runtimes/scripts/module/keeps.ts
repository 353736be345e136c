import { every, run } from "onthedot";
import { sqlite } from "onthedot/sqlite";

every().hour.do(function keeps() {});
setTimeout(() => console.log("ready"), 500);
run({ store: sqlite(process.argv[2]!) });
