import type { LessonTexts } from "./lessons.en.ts";

const number = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

export const lessonsInChinese: LessonTexts = {
  loop: {
    title: "第一个循环",
    about: "检查，运行到期的任务，休眠，再检查",
    content: ({ looks, runs, late, latest }) => ({
      explained: [
        `调度器就是一份任务列表，加上一个不断检查它的循环。这个循环检查了 ${number(looks)} 次，运行了 ${number(runs)} 次任务。`,
        `其中 ${number(late)} 次开始得晚了，最多晚 ${latest}：任务最早也要等到下一次检查才能开始。检查得越频繁，白白醒来的次数就越多。runPending() 就是这个循环的循环体；run() 则会一直休眠到任务到期的那一刻，见第 3 课。`,
      ],
      asked: "循环正在两次检查之间休眠，这时有任务到期，会怎样？",
      choices: [
        ["立即开始", "循环在休眠，什么也看不到，没有人启动任务。"],
        ["下一次检查时开始", "下一次检查发现时间已过，便运行它，晚了剩余的休眠时间。"],
        ["这一次就丢了", "检查问的是“时间到了没有”，而不是“是不是正好这一秒”。"],
      ],
    }),
  },
  drift: {
    title: "漂移",
    about: "为什么循环会越来越晚，而计划不会",
    lane: "循环加休眠",
    content: ({ loopRuns, loopBehind, work, beatRuns, beatBehind }) => ({
      explained: [
        `循环先休眠、再工作、再休眠，所以每一轮的时间是休眠加上工作。到第 ${loopRuns} 次运行时，它已经晚了 ${loopBehind} 秒，每一轮再增加 ${work} 秒：这就是漂移。`,
        `every(10).seconds 从固定的起点开始数：第 n 次运行在起点之后 n 个十秒到期，与工作要花多久无关。到第 ${beatRuns} 次运行时，它晚了 ${beatBehind} 秒。如果看重的是两次运行之间的间隔，而不是节奏，请用 .fixedDelay()，它会有意漂移。`,
      ],
      asked: "工作变慢了，但仍不到十秒。会有什么变化？",
      choices: [
        ["两者都漂移得更快", "计划有固定的起点，工作时长不计入其中。"],
        ["只有循环漂移得更快", "循环的一轮是休眠加上工作；计划只从起点开始，十秒十秒地数。"],
        ["都没有变化", "循环在工作结束后才开始下一次休眠，所以工作时长会全部累加进去。"],
      ],
    }),
  },
  heap: {
    title: "从轮询到堆",
    about: "如何只在有任务到期时才醒来",
    lane: (hours) => `每 ${hours} 小时`,
    content: ({ runs, timers, polling, heap, asksPerRun }) => ({
      explained: [
        `两者的运行次数相同，都是 ${number(runs)} 次。轮询醒来 ${number(polling.wakeUps)} 次，问了 ${number(polling.asked)} 次“到期了吗”；堆醒来 ${number(heap.wakeUps)} 次，比较了 ${number(heap.asked)} 次，平均每次运行 ${asksPerRun} 次。`,
        `只有堆顶重要：在它之前没有任务到期，所以只需为堆顶设一个定时器，无论任务是 ${timers} 个还是十万个。任务数每翻一倍，堆才加深一层。`,
        `为什么不用时间轮？时间轮一步就能把定时器放进对应的槽，但轮子必须不停转动：每秒一个槽，这一天就要转 ${number(polling.wakeUps)} 次，除了其中 ${number(heap.wakeUps)} 次，其余都是空转。只有定时器数以十万计、频繁增减，并且大多在到期前就取消时才划算，例如在内核里。任务不多，也不常变，所以用堆正合适：src/scheduler/heap.ts 就是实际的实现，run() 加上 --debug 会显示堆顶。`,
      ],
      asked: "任务数变成一千倍，在堆里启动一次任务的代价是多少？",
      choices: [
        ["比较次数也变成一千倍", "那是轮询的代价，它要逐个询问；堆里的定时器下沉时只与途中遇到的比较。"],
        ["多比较几次", "堆加深了几层，每翻一倍加一层；定时器每下沉一层与另外两个比较。"],
        ["没有变化", "取堆顶确实不多花时间，但定时器要在更深的堆里下沉到新的位置。"],
      ],
    }),
  },
  interval: {
    title: "间隔与日历",
    about: "每 24 小时不等于每天",
    picture: (job, days) => `${job}，共 ${days} 天，从上到下排列`,
    content: ({ elapsed, wall }) => ({
      explained: [
        `周日凌晨，柏林的时钟调快了。间隔仍保持 ${elapsed.hours.join(" 或 ")} 小时，于是钟面时间先是 ${elapsed.times.join("，后来是 ")}。日历规则保持在 ${wall.times.join("，后来是 ")}，于是两次运行相隔 ${wall.hours.join(" 或 ")} 小时。`,
        "两者都没有错，它们是两种时间。秒、分钟、小时是流逝的时间；天、周、月、年，以及带 .at() 的写法，是钟面时间。cron 不是第三种时间，只是日历规则的另一种写法。",
      ],
      asked: "要在每天早上九点提醒大家，应该怎么写？",
      choices: [
        ["every(24).hours", "它保持两次运行之间的小时数，时钟一调整，就会移到别的时间。"],
        ['every().day.at("09:00")', "它指定了钟面上的时间，而人们正是按钟面时间生活的。"],
        ["every(24 * 60).minutes", "分钟和小时一样，都是流逝的时间，这只是第一个答案换了个写法。"],
      ],
    }),
  },
  nights: {
    title: "时钟调整的两个夜晚",
    about: "一个不存在的时间，一个出现两次的时间",
    spring: "春季，下方为柏林时间",
    autumn: "秋季",
    content: ({ spring, autumn }) => ({
      explained: [
        `春季会跳过一小时，称为空隙：02:30 不存在，原定此时的任务在 ${spring.times} 运行。秋季有一小时出现两次，称为重叠：02:30 有两个，任务在 ${autumn.times} 运行，只取第一个。春季这一夜运行 ${spring.named} 次，秋季这一夜运行 ${autumn.named} 次，次日又恢复为 02:30。`,
        `cron 的小时或分钟字段是星号时，意思是“只要匹配就运行”，因此跟随流逝的时间：两点到三点之间，春季运行 ${spring.starred} 次，秋季运行 ${autumn.starred} 次。npx onthedot explain "每天 02:30" 可以查看任何计划在这两个夜晚的情况。`,
      ],
      asked: "有一笔付款每晚必须恰好执行一次，应该怎么写？",
      choices: [
        ['every().day.at("02:30")', "固定的时间在两个夜晚都只运行一次：遇到空隙就顺延，也不会重复。"],
        [
          'cron("30 * * * *")，再判断是否已过两点',
          "在重叠的时段，钟面会在两个不同的小时里都显示两点半，于是会付两次。",
        ],
        ["every(24).hours", "它保持两次运行之间的小时数，每次调整时钟都会移到别的时间。"],
      ],
    }),
  },
  overlap: {
    title: "重叠",
    about: "上一次仍在运行时：skip、queue 还是 allow",
    content: ({ due, skip, queue, waited, allow, atOnce }) => ({
      explained: [
        `每个任务都到期 ${due} 次。skip（默认）运行了 ${skip} 次，期间到期的都跳过。queue 运行了 ${queue} 次：最多一次排队，这里最多等 ${waited} 秒，更多的则跳过。allow 运行了 ${allow} 次，最多 ${atOnce} 次同时进行。`,
        '什么都不会悄悄消失：没有运行的会在 job.history() 里记为 "skipped"。还有第四种策略 "cancel"，它中止旧的运行，开始新的。如果任务每次都太慢，需要的是更长的间隔，而不是换一种策略。',
      ],
      asked: "备份写入同一个文件，有时耗时超过两次之间的间隔。哪种策略可能损坏这个文件？",
      choices: [
        ["skip", "绝不会同时有两次运行：来得太早的会跳过。"],
        ["queue", "绝不会同时有两次运行：下一次要等上一次结束。"],
        ["allow", "两次备份会同时写入同一个文件；allow 只适合可以重叠的工作。"],
      ],
    }),
  },
  sleep: {
    title: "休眠与补运行",
    about: "合上盖子期间错过的运行会怎样",
    content: ({ slept, missed, noticedAfter, once, skip, all }) => ({
      explained: [
        `机器休眠了 ${slept}，每个任务错过 ${missed} 次运行。机器休眠时定时器会停住，所以这里的定时器最多只设到半分钟之后：打开盖子 ${noticedAfter} 后，发现钟面时间前进得比实际流逝的时间多，就知道机器休眠过。`,
        `接下来由各任务的 catchUp 决定。once（默认）补运行了 ${once} 次，即最近错过的一次；skip 补运行了 ${skip} 次；all 补运行了 ${all} 次，从最早的开始。各任务错开几秒开始，以免刚醒来的笔记本不堪重负。到九点，三个任务又都准时运行。`,
      ],
      asked: "有个报告显示当前状况，笔记本休眠时错过了几次。应该用哪种策略？",
      choices: [
        ["once", "只需要一份当前状况的报告，机器一醒来就能得到。"],
        ["skip", "要等到下一次到期才有报告，而它早就该出了。"],
        ["all", "补出来的报告内容都一样，都是当前状况；all 适合与时刻一一对应的工作，例如每天一张的账单。"],
      ],
    }),
  },
  retry: {
    title: "重试与超时",
    about: "会失败的工作，以及永不结束的工作",
    attemptsLane: "flaky 的各次尝试",
    content: ({ attempts, pauses, took, outcome, cut, cutOutcome, runs }) => ({
      explained: [
        `flaky 只有一次运行，共 ${attempts} 次尝试，中间分别停顿 ${pauses.join("、")} 秒：每次停顿都是前一次的两倍，让出问题的服务器有时间恢复。这次运行用时 ${took}，结果为 ${outcome}。`,
        `hanging 永远不会结束。${cut}后，它的 signal 被中止，这次运行记为 ${cutOutcome}；一分钟后下一次到期，照常运行。请把 signal 传下去，例如 fetch(url, { signal })：promise 无法从外部强行停止，只能请它停下。`,
      ],
      asked: `flaky 被调用了 ${attempts} 次，它的 job.history() 里有几次运行？`,
      choices: [
        [String(attempts), "那是尝试次数：它们同属一次运行，而一次运行只有一个结果。"],
        [String(runs), "尝试属于所在的那次运行，而运行最终成功了：一次到期，一个结果。"],
        [String(attempts - runs), "失败的尝试之后只要还有下一次，就不算失败的运行。"],
      ],
    }),
  },
};
