import { every } from "onthedot";

every()
  .day.at("9:00" as never)
  .do(() => {});
