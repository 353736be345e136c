import { every, run } from "onthedot";

every().hour.do(function waits() {});
setTimeout(() => console.log("ready"), 500);
run();
