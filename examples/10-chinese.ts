// You will see three jobs with schedules in Chinese; one of them runs every ten seconds.
import { every, run } from "onthedot";

function 发通知() {
  console.log("发通知");
}
function 采集一次数据() {
  console.log("采集一次数据");
}
function 清理一次缓存() {
  console.log("清理一次缓存");
}

const 通知 = every("每天早上8点").do(发通知);
const 采集 = every("每隔10秒").do(采集一次数据);
const 清理 = every("每小时").do(清理一次缓存);

for (const job of [通知, 采集, 清理]) console.log(`${job.name}：${job.describe("zh")}`);
run();

// It prints, in 25 seconds from 2026-03-02 09:00:00 in Europe/Berlin:
//=> 发通知：每天08:00
//=> 采集一次数据：每10秒
//=> 清理一次缓存：每小时
//=> 采集一次数据
//=> 采集一次数据
