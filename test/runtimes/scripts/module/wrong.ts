import { every } from "onthedot";

every()
  .day.at("24:00" as never)
  .do(() => {});
