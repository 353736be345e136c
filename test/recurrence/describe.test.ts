import fc from "fast-check";
import { expect, describe as suite, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { describe } from "../../src/language/describe.ts";
import {
  bounded,
  calendar,
  dailyWindow,
  fields,
  interval,
  once,
  timeList,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import { readRecurrence } from "../../src/recurrence/json.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { parseMoment } from "../../src/time/iso.ts";
import { hour, minute, parseTime, second } from "../../src/time/plain-time.ts";
import { zoneNamed } from "../../src/time/zone.ts";
import { buildersAt, written } from "../fluent/builders.ts";
import { runs, seed, thorough } from "../random.ts";
import { nearChange, oddZones, recurrence } from "./arbitrary.ts";

const zone = zoneNamed("Europe/Paris");

const ms = (length: number) => length as Milliseconds;
const at = (...times: string[]) => timeList(times.map(parseTime));
const moment = (text: string, later = 0) => (parseMoment(text, zone) + later) as Instant;
const everyNth = (step: number, size: number) =>
  Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);

const office = dailyWindow(9 * hour, 17 * hour);
const daily = calendar({ times: at("09:00") });

/** Schedules, each as a chain, as cron or as JSON, with what they are called in English and in Chinese. */
const table = `
# elapsed time
every().second | every second | 每秒
every().minute | every minute | 每分钟
every().hour | every hour | 每小时
every(15).minutes | every 15 minutes | 每15分钟
every(30).seconds | every 30 seconds | 每30秒
every(90).minutes | every 90 minutes | 每90分钟
every(110).minutes | every 110 minutes | 每110分钟
every(150).minutes | every 2 hours 30 minutes | 每2小时30分钟
every(24).hours | every 24 hours | 每24小时
every(100).hours | every 100 hours | 每100小时
{"kind":"interval","every":3660001} | every 1 hour 1 minute 1 millisecond | 每1小时1分钟1毫秒
{"kind":"interval","every":500} | every 500 milliseconds | 每500毫秒
{"kind":"interval","every":1} | every millisecond | 每毫秒
every(5).to(10).seconds | every 5 to 10 seconds | 每5到10秒
every(60).to(120).minutes | every 60 to 120 minutes | 每60到120分钟
every(1).to(2).hours | every 1 to 2 hours | 每1到2小时
{"kind":"interval","every":5400000,"random":{"to":10800000,"unit":1800000}} | every 90 minutes to 3 hours in steps of 30 minutes | 每90分钟到3小时，以30分钟为单位
every(10).seconds.fixedDelay() | every 10 seconds, counted from the end of the last run | 每10秒，从上次运行结束时算起
every(5).to(10).minutes.fixedDelay() | every 5 to 10 minutes, counted from the end of the last run | 每5到10分钟，从上次运行结束时算起

# every so many days
every().day | every day | 每天
every().week | every week | 每周
every().month | every month | 每个月
every().year | every year | 每年
every(2).days | every 2 days | 每2天
every(2).weeks | every 2 weeks | 每2周
every(4).months | every 4 months | 每4个月
every(3).years | every 3 years | 每3年
{"kind":"calendar","step":{"every":3,"unit":"day"},"times":{"kind":"list","at":["10:30"]}} | every 3 days at 10:30 | 每3天一次，10:30
{"kind":"calendar","step":{"every":1,"unit":"week"},"times":{"kind":"list","at":["09:00"]}} | every week at 09:00 | 每周09:00
{"kind":"calendar","step":{"every":6,"unit":"month"},"times":{"kind":"list","at":["08:00","20:00"]}} | every 6 months at 08:00 and 20:00 | 每6个月一次，08:00和20:00
{"kind":"calendar","step":{"every":2,"to":4,"unit":"day"},"times":{"kind":"list","at":["10:00"]}} | every 2 to 4 days at 10:00 | 每2到4天一次，10:00
every(1).to(3).weeks | every 1 to 3 weeks | 每1到3周
{"kind":"calendar","step":{"every":3,"unit":"day"},"times":{"kind":"grid","every":900000,"windows":[{"from":"09:00","to":"17:00"}]}} | every 3 days, every 15 minutes between 09:00 and 17:00 | 每3天09:00到17:00之间，每15分钟一次
{"kind":"calendar","step":{"every":1,"unit":"week"},"times":{"kind":"grid","every":7200000}} | every week on the same day, every 2 hours | 每周的同一天每2小时
{"kind":"calendar","step":{"every":2,"unit":"day"},"times":{"kind":"fields","minutes":[30],"seconds":[0],"follows":"elapsed"}} | every 2 days, every hour at :30 | 每2天每小时的第30分钟

# times of day
every().day.at("09:00") | every day at 09:00 | 每天09:00
every().day.at("00:00") | every day at 00:00 | 每天00:00
every().day.at("08:00", "12:00", "18:00") | every day at 08:00, 12:00 and 18:00 | 每天08:00、12:00和18:00
every().day.at("09:00:30") | every day at 09:00:30 | 每天09:00:30
{"kind":"calendar","times":{"kind":"list","at":["09:00:30.250","23:59:59.999"]}} | every day at 09:00:30.250 and 23:59:59.999 | 每天09:00:30.250和23:59:59.999

# weekdays
every().weekday.at("09:00") | every weekday at 09:00 | 每个工作日09:00
every().weekend.at("10:15") | every Saturday and Sunday at 10:15 | 每周六和周日10:15
every().monday.at("00:00") | every Monday at 00:00 | 每周一00:00
every().monday | every Monday at the same time of day | 每周一同一时间
every().week.on("monday", "thursday").at("18:30") | every Monday and Thursday at 18:30 | 每周一和周四18:30
every().week.on("monday", "wednesday", "friday").at("07:00", "19:00") | every Monday, Wednesday and Friday at 07:00 and 19:00 | 每周一、周三和周五07:00和19:00
every().week.on("monday", "tuesday", "wednesday", "thursday").at("09:00") | every Monday to Thursday at 09:00 | 每周一到周四09:00
every().week.on("tuesday", "wednesday", "thursday", "sunday").at("09:00") | every Tuesday to Thursday and Sunday at 09:00 | 每周二到周四和周日09:00
every().week.on("monday", "saturday", "sunday").at("09:00") | every Monday, Saturday and Sunday at 09:00 | 每周一、周六和周日09:00
every(2).weeks.on("monday").at("09:00") | every other Monday at 09:00 | 每2周的周一09:00
every(2).weeks.on("monday") | every other Monday at the same time of day | 每2周的周一同一时间
every(4).weeks.on("saturday").at("10:00") | every 4 weeks on Saturday at 10:00 | 每4周的周六10:00
every(2).weeks.on("tuesday", "friday").at("08:00") | every 2 weeks on Tuesday and Friday at 08:00 | 每2周的周二和周五08:00
every(2).weeks.on("monday", "tuesday", "wednesday", "thursday", "friday").at("08:00") | every 2 weeks on weekdays at 08:00 | 每2周的工作日08:00
{"kind":"calendar","step":{"every":3,"unit":"day"},"dates":{"weekdays":[1,2,3,4,5]},"times":{"kind":"list","at":["08:00"]}} | every 3 days on weekdays at 08:00 | 每3天的工作日08:00
{"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"weekdays":[1]},"times":{"kind":"grid","every":900000,"windows":[{"from":"09:00","to":"17:00"}]}} | every other Monday, every 15 minutes between 09:00 and 17:00 | 每2周的周一09:00到17:00之间，每15分钟一次

# days of the month
every().month.on(1).at("10:00") | on the 1st of every month at 10:00 | 每月1日10:00
every().month.on(20).at("00:00") | on the 20th of every month at 00:00 | 每月20日00:00
every().month.on(20) | on the 20th of every month at the same time of day | 每月20日同一时间
every().month.on(1, 15).at("10:00") | on the 1st and the 15th of every month at 10:00 | 每月1日和15日10:00
every().month.on(2, 3, 11, 22, 31).at("10:00") | on the 2nd, the 3rd, the 11th, the 22nd and the 31st of every month at 10:00 | 每月2日、3日、11日、22日和31日10:00
every().month.on(3, 4, 5, 6, 7, 8, 9).at("10:00") | on the 3rd to the 9th of every month at 10:00 | 每月3日到9日10:00
every().month.on("last day").at("17:00") | on the last day of every month at 17:00 | 每月最后一天17:00
every().month.on("second to last day").at("17:00") | on the second to last day of every month at 17:00 | 每月倒数第二天17:00
every().month.on("7th to last day").at("17:00") | on the 7th to last day of every month at 17:00 | 每月倒数第七天17:00
every().month.on("last friday").at("17:00") | on the last Friday of every month at 17:00 | 每月最后一个星期五17:00
every().month.on("second wednesday").at("09:00") | on the second Wednesday of every month at 09:00 | 每月第二个星期三09:00
every().month.on("second to last sunday").at("09:00") | on the second to last Sunday of every month at 09:00 | 每月倒数第二个星期日09:00
every().month.on("first monday", "third monday").at("09:00") | on the first and third Monday of every month at 09:00 | 每月第一个和第三个星期一09:00
every().month.on("first workday").at("09:00") | on the first workday of every month at 09:00 | 每月第一个工作日09:00
every().month.on("7th workday").at("09:00") | on the 7th workday of every month at 09:00 | 每月第七个工作日09:00
every().month.on("last workday").at("18:00") | on the last workday of every month at 18:00 | 每月最后一个工作日18:00
every().month.on("third to last workday").at("18:00") | on the third to last workday of every month at 18:00 | 每月倒数第三个工作日18:00
cron("0 18 15W * *") | on the weekday nearest the 15th of every month at 18:00 | 每月离15日最近的工作日18:00
{"kind":"calendar","dates":{"days":[{"kind":"day","day":1},{"kind":"day","day":-1},{"kind":"near","day":15},{"kind":"workday","nth":2},{"kind":"nth","nth":1,"weekday":1}]},"times":{"kind":"list","at":["09:00"]}} | on the second workday, the first Monday, the 1st, the last day and the weekday nearest the 15th of every month at 09:00 | 每月第二个工作日、第一个星期一、1日、最后一天和离15日最近的工作日09:00
every(6).months.on(20).at("08:00") | every 6 months on the 20th at 08:00 | 每6个月的20日08:00
every(3).months.on("last friday").at("17:00") | every 3 months on the last Friday at 17:00 | 每3个月的最后一个星期五17:00
{"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"days":[{"kind":"day","day":13}]},"times":{"kind":"list","at":["09:00"]}} | every 2 weeks on the 13th of the month at 09:00 | 每2周的每月13日09:00

# both a weekday and a day of the month
every().month.on("friday the 13th").at("09:00") | every Friday the 13th at 09:00 | 每月13日且为周五09:00
{"kind":"calendar","dates":{"weekdays":[5],"days":[{"kind":"day","day":13}]},"times":{"kind":"grid","every":3600000,"windows":[{"from":"09:00","to":"17:00"}]}} | every hour between 09:00 and 17:00 on Friday the 13th | 每月13日且为周五09:00到17:00之间，每小时一次
{"kind":"calendar","dates":{"weekdays":[1,5],"days":[{"kind":"day","day":1},{"kind":"day","day":13}]},"times":{"kind":"list","at":["09:00"]}} | every Monday or Friday that is the 1st or the 13th at 09:00 | 每月1日和13日且为周一或周五09:00
{"kind":"calendar","dates":{"weekdays":[1,2,3,4,5],"days":[{"kind":"day","day":-1}]},"times":{"kind":"list","at":["09:00"]}} | every weekday that is the last day of the month at 09:00 | 每月最后一天且为工作日09:00
{"kind":"calendar","dates":{"weekdays":[7],"days":[{"kind":"annual","month":12,"day":25}]},"times":{"kind":"list","at":["09:00"]}} | every Sunday that is 25 December at 09:00 | 每年12月25日且为周日09:00
{"kind":"calendar","dates":{"weekdays":[1,2,3,4,5],"days":[{"kind":"day","day":1}]},"times":{"kind":"grid","every":3600000,"windows":[{"from":"09:00","to":"17:00"}]}} | every hour between 09:00 and 17:00 on any weekday that is the 1st | 每月1日且为工作日09:00到17:00之间，每小时一次
every(2).months.on("friday the 13th").at("09:00") | every 2 months on Friday the 13th at 09:00 | 每2个月的13日且为周五09:00

# days of the year
every().year.on("december 25").at("09:00") | every year on 25 December at 09:00 | 每年12月25日09:00
every().year.on("february 29") | every year on 29 February at the same time of day | 每年2月29日同一时间
every().year.on("january 1", "december 25").at("09:00") | every year on 1 January and 25 December at 09:00 | 每年1月1日和12月25日09:00
every(2).years.on("may 1").at("00:00") | every 2 years on 1 May at 00:00 | 每2年的5月1日00:00
{"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"days":[{"kind":"annual","month":5,"day":1}]},"times":{"kind":"list","at":["00:00"]}} | every 2 weeks on 1 May at 00:00 | 每2周的每年5月1日00:00
every().year.on(200).at("00:00") | on the 200th day of the year at 00:00 | 每年第200天00:00
every().year.on("last day of the year").at("23:59") | on the last day of the year at 23:59 | 每年最后一天23:59
{"kind":"calendar","dates":{"days":[{"kind":"year-day","day":-100}]},"times":{"kind":"list","at":["09:00"]}} | on the 100th to last day of the year at 09:00 | 每年倒数第100天09:00
{"kind":"calendar","dates":{"days":[{"kind":"annual","month":12,"day":25},{"kind":"year-day","day":200},{"kind":"day","day":1}]},"times":{"kind":"list","at":["09:00"]}} | on the 200th day of the year, 25 December and the 1st of the month at 09:00 every year | 每年第200天和12月25日或每月1日09:00
{"kind":"calendar","dates":{"days":[{"kind":"annual","month":12,"day":25}]},"times":{"kind":"grid","every":900000,"windows":[{"from":"09:00","to":"17:00"}]}} | every 15 minutes between 09:00 and 17:00 on 25 December every year | 每年12月25日09:00到17:00之间，每15分钟一次

# months
cron("0 9 * 8 *") | every day at 09:00 in August | 每年8月的每天09:00
cron("0 9 * 5,6 *") | every day at 09:00 in May and June | 每年5月和6月的每天09:00
cron("0 8 * 5-9 6") | every Saturday at 08:00 from May to September | 每年5月到9月的每周六08:00
cron("0 14 * 11 2") | every Tuesday at 14:00 in November | 每年11月的每周二14:00
cron("0 9 * 1-3,6 *") | every day at 09:00 in January to March and June | 每年1月到3月和6月的每天09:00
cron("0 8 * 10 0#1") | on the first Sunday of October at 08:00, every year | 每年10月的第一个星期日08:00
cron("0 8 1 */3 *") | on the 1st of January, April, July and October at 08:00, every year | 每年1月、4月、7月和10月的1日08:00
cron("0 8 1W */3 *") | on the first workday of January, April, July and October at 08:00, every year | 每年1月、4月、7月和10月的第一个工作日08:00
{"kind":"calendar","dates":{"months":[10,11,12],"weekdays":[5],"days":[{"kind":"day","day":13}]},"times":{"kind":"list","at":["08:00"]}} | every Friday the 13th at 08:00 from October to December | 每年10月到12月的13日且为周五08:00
{"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"months":[5]},"times":{"kind":"list","at":["09:00"]}} | every 2 weeks on every day at 09:00 in May | 每年5月的每2周的每天09:00
{"kind":"calendar","step":{"every":3,"unit":"day"},"dates":{"months":[5]},"times":{"kind":"list","at":["09:00"]}} | every 3 days at 09:00 in May | 每年5月的每3天09:00
{"kind":"calendar","step":{"every":2,"unit":"week"},"dates":{"months":[5,6],"weekdays":[1]},"times":{"kind":"list","at":["09:00"]}} | every other Monday at 09:00 in May and June | 每年5月和6月的每2周的周一09:00
{"kind":"calendar","dates":{"months":[5]},"times":{"kind":"grid","every":900000,"windows":[{"from":"09:00","to":"17:00"}]}} | every 15 minutes between 09:00 and 17:00 in May | 每年5月的每天09:00到17:00之间，每15分钟一次
{"kind":"calendar","dates":{"months":[5,6],"days":[{"kind":"annual","month":6,"day":1},{"kind":"day","day":13}]},"times":{"kind":"list","at":["09:00"]}} | on 1 June and the 13th of the month at 09:00 every year in May and June | 每年5月和6月的每年6月1日或13日09:00

# a rhythm within the day
every(15).minutes.between("09:00", "17:00") | every 15 minutes between 09:00 and 17:00 | 每天09:00到17:00之间，每15分钟一次
every().hour.between("21:00", "05:00") | every hour between 21:00 and 05:00 | 每天21:00到次日05:00之间，每小时一次
every(90).minutes.between("08:00", "11:00").between("16:00", "18:00") | every 90 minutes between 08:00 and 11:00 and between 16:00 and 18:00 | 每天08:00到11:00和16:00到18:00之间，每90分钟一次
{"kind":"calendar","times":{"kind":"grid","every":7200000}} | every day, every 2 hours | 每天每2小时
every(2).hours.on("monday", "tuesday", "wednesday", "thursday", "friday") | every 2 hours on weekdays | 每个工作日每2小时
every(40).minutes.on("monday", "tuesday", "wednesday", "thursday", "friday").between("09:00", "17:00") | every 40 minutes between 09:00 and 17:00 on weekdays | 每个工作日09:00到17:00之间，每40分钟一次
every(40).minutes.on("monday", "thursday").between("09:00", "17:00") | every 40 minutes between 09:00 and 17:00 on Mondays and Thursdays | 每周一和周四09:00到17:00之间，每40分钟一次
every().minute.on("monday", "tuesday", "wednesday", "thursday").between("09:00", "17:00") | every minute between 09:00 and 17:00 on Mondays to Thursdays | 每周一到周四09:00到17:00之间，每分钟一次
{"kind":"calendar","dates":{"days":[{"kind":"day","day":1}]},"times":{"kind":"grid","every":3600000,"windows":[{"from":"09:00","to":"17:00"}]}} | every hour between 09:00 and 17:00 on the 1st of every month | 每月1日09:00到17:00之间，每小时一次
{"kind":"calendar","dates":{"months":[5]},"times":{"kind":"grid","every":7200000}} | every 2 hours in May | 每年5月的每天每2小时

# hours, minutes and seconds of the clock
cron("* * * * * *") | every second, aligned to the clock | 每秒，与时钟对齐
every().minute.at(":00") | every minute, aligned to the clock | 每分钟，与时钟对齐
every().hour.at(":00") | every hour on the hour | 每小时整点
every().hour.at(":30") | every hour at :30 | 每小时的第30分钟
every().hour.at(":05") | every hour at :05 | 每小时的第5分钟
every().hour.at(":10", ":40") | every hour at :10 and :40 | 每小时的第10和40分钟
every().hour.at(":00", ":15", ":30", ":45") | every 15 minutes, aligned to the clock | 每15分钟，与时钟对齐
cron("0 */2 * * *") | every 2 hours, aligned to the clock | 每2小时，与时钟对齐
cron("0 */12 * * *") | every 12 hours, aligned to the clock | 每12小时，与时钟对齐
every().minute.at(":00", ":10", ":20", ":30", ":40", ":50") | every 10 seconds, aligned to the clock | 每10秒，与时钟对齐
every().minute.at(":15") | every minute at :15 | 每分钟的第15秒
every().minute.at(":15", ":45") | every minute at :15 and :45 | 每分钟的第15和45秒
every().hour.at("20:30") | every day at second 30 of minute 20 of every hour | 每小时的第20分钟的第30秒
cron("* 20 * * * *") | every second during minute 20 of every hour | 每小时的第20分钟的每秒
every().hour.at("00:30", "05:30", "10:30", "15:30", "20:30", "25:30", "30:30", "35:30", "40:30", "45:30", "50:30", "55:30") | every day at second 30 of every 5th minute of every hour | 每小时的每5分钟的第30秒
cron("*/5 9-17 * * 1-5") | every 5 minutes during hours 9 to 17 on weekdays | 每个工作日9到17点的每5分钟
cron("* 9-17 * * *") | every minute during hours 9 to 17 | 每天9到17点的每分钟
cron("0,30 9-17 * * *") | every day at minutes 0 and 30 of hours 9 to 17 | 每天9到17点的第0和30分钟
cron("*/30 9-17 * * *") | every 30 minutes during hours 9 to 17 | 每天9到17点的每30分钟
cron("0-55/5 9-17 * * *") | every day at minutes 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50 and 55 of hours 9 to 17 | 每天9到17点的第0、5、10、15、20、25、30、35、40、45、50和55分钟
cron("*/7 9-17 * * *") | every day at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of hours 9 to 17, in elapsed time | 每天9到17点的第0、7、14、21、28、35、42、49和56分钟，按实际经过的时间
cron("5 */2 * * *") | every day at minute 5 of every 2nd hour | 每2小时的第5分钟
cron("* */2 * * *") | every minute of every 2nd hour | 每2小时的每分钟
cron("0 */5 * * *") | every day at minute 0 of hours 0, 5, 10, 15 and 20, in elapsed time | 每天0、5、10、15和20点的第0分钟，按实际经过的时间
cron("*/30 9 * * *") | every 30 minutes during hour 9 | 每天9点的每30分钟
{"kind":"calendar","times":{"kind":"fields","hours":[9],"minutes":[0],"seconds":[0],"follows":"elapsed"}} | every day at minute 0 of hour 9, in elapsed time | 每天9点的第0分钟，按实际经过的时间
cron("* 0,1 9 * * *") | every second during minutes 0 and 1 of hour 9 | 每天9点的第0和1分钟的每秒
cron("* * 9 * * *") | every second of every minute during hour 9 | 每天9点的每分钟的每秒
{"kind":"calendar","times":{"kind":"fields","hours":[9,10,11,14],"minutes":[5],"seconds":[0,20,40],"follows":"elapsed"}} | every 20 seconds during minute 5 of hours 9 to 11 and 14, in elapsed time | 每天9到11和14点的第5分钟的每20秒，按实际经过的时间
cron("*/20 5,6 9-11,14 * * *") | every 20 seconds during minutes 5 and 6 of hours 9 to 11 and 14 | 每天9到11和14点的第5和6分钟的每20秒
cron("0,30 9-17 1 * *") | on the 1st of every month at minutes 0 and 30 of hours 9 to 17 | 每月1日9到17点的第0和30分钟
cron("*/15 * * 5 1-5") | every 15 minutes on weekdays in May, aligned to the clock | 每年5月的每个工作日每15分钟，与时钟对齐
cron("30 * * * 1,4") | every hour at :30 on Mondays and Thursdays | 每周一和周四每小时的第30分钟

# only inside windows
{"kind":"within","of":{"kind":"interval","every":900000},"windows":[{"from":"09:00","to":"17:00"}]} | every 15 minutes, while it is between 09:00 and 17:00 | 每15分钟，且时间在09:00到17:00之间
{"kind":"within","of":{"kind":"interval","every":900000},"windows":[{"from":"08:00","to":"11:00"},{"from":"16:00","to":"18:00"}]} | every 15 minutes, while it is between 08:00 and 11:00 and between 16:00 and 18:00 | 每15分钟，且时间在08:00到11:00和16:00到18:00之间
{"kind":"within","of":{"kind":"calendar","step":{"every":2,"unit":"day"},"times":{"kind":"anchor"}},"windows":[{"from":"09:00","to":"17:00"}]} | every 2 days, while it is between 09:00 and 17:00 | 每2天，且时间在09:00到17:00之间
{"kind":"within","of":{"kind":"within","of":{"kind":"interval","every":900000},"windows":[{"from":"09:00","to":"17:00"}]},"windows":[{"from":"22:00","to":"10:00"}]} | (every 15 minutes, while it is between 09:00 and 17:00), while it is between 22:00 and 10:00 | （每15分钟，且时间在09:00到17:00之间），且时间在22:00到次日10:00之间

# exceptions
every().day.at("09:00").except("wednesday") | every day at 09:00, except on Wednesday | 每天09:00，周三除外
every().day.at("09:00").except("friday", "saturday") | every day at 09:00, except on Friday and Saturday | 每天09:00，周五和周六除外
every().day.at("09:00").except("monday", "tuesday", "wednesday", "thursday", "friday") | every day at 09:00, except on weekdays | 每天09:00，工作日除外
every().day.at("09:00").except(13) | every day at 09:00, except on the 13th | 每天09:00，每月13日除外
every().day.at("09:00").except(1, "last day") | every day at 09:00, except on the 1st and the last day of the month | 每天09:00，每月1日和最后一天除外
every().day.at("09:00").except("december 25", 13) | every day at 09:00, except on 25 December and the 13th | 每天09:00，每年12月25日或每月13日除外
every().day.at("09:00").except("Friday the 13th") | every day at 09:00, except on Friday the 13th | 每天09:00，每月13日且为周五除外
every().day.at("09:00").except("any Monday or Friday that is the last day of the month") | every day at 09:00, except on any Monday or Friday that is the last day of the month | 每天09:00，每月最后一天且为周一或周五除外
every().day.at("09:00").except("august") | every day at 09:00, except in August | 每天09:00，每年8月除外
every().day.at("09:00").except("Saturday and Sunday from June to August") | every day at 09:00, except on Saturday and Sunday from June to August | 每天09:00，每年6月到8月的周六和周日除外
every().day.at("09:00").except("the 13th in June and August") | every day at 09:00, except on the 13th in June and August | 每天09:00，每年6月和8月的13日除外
every().day.at("09:00").except({ from: "2026-12-24", to: "2027-01-02" }) | every day at 09:00, except from 24 December 2026 to 2 January 2027 | 每天09:00，2026年12月24日到2027年1月2日除外
every().day.at("09:00").except("2026-12-24") | every day at 09:00, except on 24 December 2026 | 每天09:00，2026年12月24日除外
every().hour.between("08:00", "18:00").except("13:00") | every hour between 08:00 and 18:00, except at 13:00 | 每天08:00到18:00之间，每小时一次，13:00除外
every().hour.between("08:00", "18:00").except("13:00", "14:00") | every hour between 08:00 and 18:00, except at 13:00 and 14:00 | 每天08:00到18:00之间，每小时一次，13:00和14:00除外
every().hour.between("08:00", "18:00").except("between 12:00 and 14:00") | every hour between 08:00 and 18:00, except between 12:00 and 14:00 | 每天08:00到18:00之间，每小时一次，12:00到14:00之间除外
every().hour.between("08:00", "18:00").except("in August and on Monday and from 24 December 2026 to 2 January 2027 and at 13:00 and between 15:00 and 16:00") | every hour between 08:00 and 18:00, except in August and on Monday and from 24 December 2026 to 2 January 2027 and at 13:00 and between 15:00 and 16:00 | 每天08:00到18:00之间，每小时一次，每年8月以及周一以及2026年12月24日到2027年1月2日以及13:00以及15:00到16:00之间除外
every(15).minutes.on("monday", "tuesday", "wednesday", "thursday", "friday").between("09:00", "17:00").except(13) | every 15 minutes between 09:00 and 17:00 on weekdays, except on the 13th | 每个工作日09:00到17:00之间，每15分钟一次，每月13日除外
{"kind":"except","of":{"kind":"within","of":{"kind":"interval","every":900000},"windows":[{"from":"09:00","to":"17:00"}]},"not":[{"kind":"dates","dates":{"weekdays":[7]}}]} | every 15 minutes, while it is between 09:00 and 17:00, except on Sunday | 每15分钟，且时间在09:00到17:00之间，周日除外

# beginning, end, number of runs
every(3).days.at("10:30").starting("2026-11-25") | every 3 days at 10:30, starting 25 November 2026 | 每3天一次，10:30，从2026年11月25日开始
every(15).minutes.starting("2026-11-25 12:00") | every 15 minutes, starting 2026-11-25 12:00 | 每15分钟，从2026-11-25 12:00开始
every().day.at("09:00").until("2027-06-01") | every day at 09:00, until 1 June 2027 | 每天09:00，直到2027年6月1日
every().day.at("09:00").until("2027-06-01 11:00") | every day at 09:00, until 2027-06-01 11:00 | 每天09:00，直到2027-06-01 11:00
every().day.at("09:00").until("2027-06-01 23:59:59.998") | every day at 09:00, until 2027-06-01 23:59:59.998 | 每天09:00，直到2027-06-01 23:59:59.998
every().day.at("09:00").starting("2026-11-25 09:30:15.250") | every day at 09:00, starting 2026-11-25 09:30:15.250 | 每天09:00，从2026-11-25 09:30:15.250开始
every().day.at("09:00").starting("2026-10-25 02:30+01:00") | every day at 09:00, starting 2026-10-25 02:30+01:00 | 每天09:00，从2026-10-25 02:30+01:00开始
every().day.at("09:00").times(5) | every day at 09:00, 5 times | 每天09:00，共5次
every().day.at("09:00").times(1) | every day at 09:00, 1 time | 每天09:00，共1次
every().day.at("09:00").except("wednesday").starting("2026-11-25").until("2026-12-01").times(3) | every day at 09:00, except on Wednesday, starting 25 November 2026, until 1 December 2026, 3 times | 每天09:00，周三除外，从2026年11月25日开始，直到2026年12月1日，共3次
{"kind":"except","of":{"kind":"bounded","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}},"times":5},"not":[{"kind":"dates","dates":{"weekdays":[3]}}]} | (every day at 09:00, 5 times), except on Wednesday | （每天09:00，共5次），周三除外
every(10).seconds.fixedDelay().times(100) | every 10 seconds, counted from the end of the last run, 100 times | 每10秒，从上次运行结束时算起，共100次

# zones
every().day.at("09:00").in("Europe/London") | every day at 09:00 Europe/London time | 伦敦时间每天09:00
every().day.at("09:00").in("UTC+02:00") | every day at 09:00 UTC+02:00 | UTC+02:00时间每天09:00
every().day.at("08:00", "12:00", "18:00").in("Asia/Tokyo") | every day at 08:00, 12:00 and 18:00, Asia/Tokyo time | 东京时间每天08:00、12:00和18:00
every().day.at("09:00").in("America/New_York").until("2026-11-25 22:59:59.999") | every day at 09:00, until 2026-11-25 22:59:59.999, America/New_York time | 纽约时间每天09:00，直到2026-11-25 22:59:59.999
{"kind":"except","of":{"kind":"zoned","zone":"Europe/London","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}}},"not":[{"kind":"dates","dates":{"weekdays":[1]}}]} | (every day at 09:00 Europe/London time), except on Monday | （伦敦时间每天09:00），周一除外
every().day.at("09:00").except("monday").in("Europe/London") | every day at 09:00, except on Monday, Europe/London time | 伦敦时间每天09:00，周一除外
{"kind":"zoned","zone":"Europe/London","of":{"kind":"except","of":{"kind":"zoned","zone":"Asia/Tokyo","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}}},"not":[{"kind":"dates","dates":{"weekdays":[1]}}]}} | (every day at 09:00 Asia/Tokyo time), except on Monday, Europe/London time | 伦敦时间（东京时间每天09:00），周一除外

# one moment
once("2026-11-23T08:00:00.000Z") | once on 23 November 2026 at 09:00 | 2026年11月23日09:00一次
once("2026-11-23T08:00:30.000Z") | once on 23 November 2026 at 09:00:30 | 2026年11月23日09:00:30一次
once("2026-10-25T00:30:00.000Z") | once on 25 October 2026 at 02:30 | 2026年10月25日02:30一次
once("2026-10-25T01:30:00.000Z") | once on 2026-10-25 02:30+01:00 | 2026-10-25 02:30+01:00一次
once("2026-11-23T08:00:00.000Z").in("UTC") | once on 23 November 2026 at 08:00 UTC | UTC时间2026年11月23日08:00一次

# several schedules
every().tuesday.at("10:00").or(every().saturday.at("12:00")) | every Tuesday at 10:00 and every Saturday at 12:00 | 每周二10:00以及每周六12:00
every().month.on(13).at("00:00").or(every().friday.at("00:00")) | on the 13th of every month at 00:00 and every Friday at 00:00 | 每月13日00:00以及每周五00:00
every().day.at("09:00").or(every(10).seconds).or(once("2026-11-23T08:00:00.000Z")) | every day at 09:00 and every 10 seconds and once on 23 November 2026 at 09:00 | 每天09:00以及每10秒以及2026年11月23日09:00一次
every().saturday.at("10:00").or(every().day.at("08:00", "12:00", "18:00")) | every Saturday at 10:00 and (every day at 08:00, 12:00 and 18:00) | 每周六10:00以及每天08:00、12:00和18:00
{"kind":"union","of":[{"kind":"bounded","of":{"kind":"calendar","times":{"kind":"list","at":["09:00"]}},"times":5},{"kind":"interval","every":10000,"fixedDelay":true}]} | (every day at 09:00, 5 times) and (every 10 seconds, counted from the end of the last run) | （每天09:00，共5次）以及（每10秒，从上次运行结束时算起）
every().tuesday.at("10:00").or(every().saturday.at("12:00")).until("2027-06-01") | (every Tuesday at 10:00 and every Saturday at 12:00), until 1 June 2027 | （每周二10:00以及每周六12:00），直到2027年6月1日
every().tuesday.at("10:00").or(every().hour).except(13).in("Europe/London") | (every Tuesday at 10:00 and every hour), except on the 13th, Europe/London time | 伦敦时间（每周二10:00以及每小时），每月13日除外
every().hour.or(every(7).minutes).between("09:00", "17:00") | (every hour and every 7 minutes), while it is between 09:00 and 17:00 | （每小时以及每7分钟），且时间在09:00到17:00之间
`
  .trim()
  .split("\n\n")
  .map((group) => {
    const [title, ...rows] = group.split("\n");
    return { title: title!.slice(2), rows: rows.map((row) => row.split(" | ") as [string, string, string]) };
  });

const builders = buildersAt("2026-11-22 12:00", zone.name);
const recurrenceOf = (source: string): Recurrence =>
  source.startsWith("{") ? readRecurrence(JSON.parse(source)) : written(source, builders).recurrence();

suite.each(table)("$title", ({ rows }) => {
  test.each(rows)("%s: %s", (source, english, chinese) => {
    const given = recurrenceOf(source);
    expect(describe(given, { zone })).toBe(english);
    expect(describe(given, { zone, language: "zh" })).toBe(chinese);
  });
});

suite("different recurrences are described differently", () => {
  const languages = ["en", "zh"] as const;

  /** Fails with the two recurrences that share a description. */
  const expectDistinct = (all: Iterable<Recurrence>, { in: where = zone } = {}) => {
    const known = new Map<string, string>();
    for (const given of all) {
      const plain = JSON.stringify(given);
      for (const language of languages) {
        const text = describe(given, { zone: where, language });
        expect({ text, given: known.get(text) ?? plain }).toEqual({ text, given: plain });
        known.set(text, plain);
      }
    }
    return known.size / languages.length;
  };

  test("in the table", () => {
    const all = table.flatMap(({ rows }) => rows.map(([source]) => recurrenceOf(source)));
    expect(expectDistinct(all)).toBe(all.length);
  });

  test("in recurrences of all kinds", () => {
    expectDistinct(fc.sample(recurrence(), { numRuns: runs(4_000), seed }));
  });

  test("in two that differ in one number or one time", () => {
    const changes = fc.record({ which: fc.nat({ max: 1_000 }), by: fc.constantFrom(1, -1, 12, 60, 1_000) });
    let compared = 0;
    fc.assert(
      fc.property(recurrence(), changes, (given, change) => {
        const other = changedAt(given, change);
        if (!other || JSON.stringify(other) === JSON.stringify(given)) return;
        compared++;
        for (const language of languages)
          expect(describe(other, { zone, language })).not.toBe(describe(given, { zone, language }));
      }),
      { numRuns: runs(4_000), seed },
    );
    if (thorough >= 1) expect(compared).toBeGreaterThan(2_000);
  });

  test("in hours, minutes and seconds, stepped or listed, with either way of following clock changes", () => {
    const part = (size: number, steps: readonly number[]) =>
      fc.option(
        fc.oneof(
          fc.constantFrom(...steps).map((step) => everyNth(step, size)),
          fc.constantFrom([0], [5], [0, 5], [1, 2, 3], [1, 2, 3, 4, 9]),
          fc.constant(everyNth(1, size)),
        ),
        { nil: undefined },
      );
    const times = fc
      .record({
        hours: part(24, [2, 3, 5, 12]),
        minutes: part(60, [2, 5, 7, 15, 30]),
        seconds: part(60, [10, 20, 25, 30]),
        follows: fc.constantFrom("elapsed" as const, "wall" as const),
      })
      .map((given) => calendar({ times: fields(given) }));
    expectDistinct(fc.sample(times, { numRuns: runs(6_000), seed }));
  });

  test("in lengths that are drawn", () => {
    const lengths = fc
      .record({
        every: fc.constantFrom(500, second, 60 * second, 90 * second, hour, 61 * minute),
        unit: fc.constantFrom(1, 500, second, 30 * second, minute, 30 * minute, hour),
        more: fc.integer({ min: 1, max: 4 }),
      })
      .map(({ every, unit, more }) =>
        interval(ms(every), { random: { to: ms(every + more * unit), unit: ms(unit) } }),
      );
    expectDistinct(fc.sample(lengths, { numRuns: runs(2_000), seed }));
  });

  test.each(oddZones)("in beginnings and ends around the clock changes of %s", (name) => {
    const moments = fc.sample(nearChange(fc.constant(name)), { numRuns: runs(300), seed });
    const whole = moments.flatMap((at) => {
      const midnight = Math.floor(at / hour) * hour;
      return [at, midnight, midnight - 1, midnight + 30 * minute] as Instant[];
    });
    expectDistinct(
      whole.flatMap((at) => [once(at), bounded(daily, { starting: at }), bounded(daily, { until: at })]),
      { in: zoneNamed(name) },
    );
  });
});

/** With one number or time of day changed, or nothing when no recurrence is left. */
const changedAt = (
  given: Recurrence,
  { which, by }: { readonly which: number; readonly by: number },
): Recurrence | undefined => {
  const isLeaf = (value: unknown) => typeof value === "number" || /^\d\d:/.test(String(value));
  let leaves = 0;
  const text = JSON.stringify(given, (_, value) => {
    if (isLeaf(value)) leaves++;
    return value;
  });
  let left = leaves === 0 ? -1 : which % leaves;
  const changed = JSON.parse(text, (_, value) => {
    if (!isLeaf(value) || left-- !== 0) return value;
    return typeof value === "number" ? value + by : "12:34";
  });
  try {
    return readRecurrence(changed);
  } catch (error) {
    if (error instanceof ScheduleError) return undefined;
    throw error;
  }
};

test("moments are shown in the zone that is given nearest to them", () => {
  const given = zoned(bounded(daily, { until: moment("2026-11-25 12:00") }), "Asia/Tokyo");
  expect(describe(given, { zone })).toBe("every day at 09:00, until 2026-11-25 20:00, Asia/Tokyo time");
});

test("a part that was put together in another order stands in parentheses", () => {
  const given = within(bounded(daily, { times: 5 }), [office]);
  expect(describe(given, { zone })).toBe(
    "(every day at 09:00, 5 times), while it is between 09:00 and 17:00",
  );
  expect(describe(given, { zone, language: "zh" })).toBe("（每天09:00，共5次），且时间在09:00到17:00之间");
});
