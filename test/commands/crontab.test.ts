import { CronExpressionParser } from "cron-parser";
import { cron } from "onthedot";
import { expect, test } from "vitest";
import { importCrontab, scriptOf } from "../../src/commands/crontab.ts";
import { assemble } from "../../src/create.ts";
import { PretendTerminal } from "../live/pretend-terminal.ts";

/** Crontabs as they are published, retyped: files of distributions, manuals and guides to installation. */
const crontabs: Readonly<Record<string, string>> = {
  "Debian /etc/crontab": `SHELL=/bin/sh
# You can also override PATH, but by default, newer versions inherit it from the environment
#PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
17 *	* * *	root	cd / && run-parts --report /etc/cron.hourly
25 6	* * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }
47 6	* * 7	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.weekly; }
52 6	1 * *	root	test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.monthly; }`,
  "crontab(5)": `# use /bin/bash to run commands, instead of the default /bin/sh
SHELL=/bin/bash
# mail any output to \`paul', no matter whose crontab this is
MAILTO=paul
#
# run five minutes after midnight, every day
5 0 * * *       $HOME/bin/daily.job >> $HOME/tmp/out 2>&1
# run at 2:15pm on the first of every month -- output mailed to paul
15 14 1 * *     $HOME/bin/monthly
# run at 10 pm on weekdays, annoy Joe
0 22 * * 1-5    mail -s "It's 10pm" joe%Joe,%%Where are your kids?%
23 0-23/2 * * * echo "run 23 minutes after midn, 2am, 4am ..., everyday"
5 4 * * sun     echo "run at 5 after 4 every Sunday"
0 */4 1 * mon   echo "run every 4th hour on the 1st and on every Monday"
0 0 */2 * sun   echo "run at midn on every Sunday that's an uneven date"`,
  certbot: `SHELL=/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin
0 */12 * * * root test -x /usr/bin/certbot -a \\! -d /run/systemd/system && perl -e 'sleep int(rand(43200))' && certbot -q renew`,
  mdadm:
    "57 0 * * 0 root if [ -x /usr/share/mdadm/checkarray ] && [ $(date +\\%d) -le 7 ]; then /usr/share/mdadm/checkarray --cron --all --idle --quiet; fi",
  sysstat: `PATH=/usr/lib/sysstat:/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin
5-55/10 * * * * root command -v debian-sa1 > /dev/null && debian-sa1 1 1
59 23 * * * root command -v debian-sa1 > /dev/null && debian-sa1 60 2`,
  "PHP sessions":
    "09,39 *     * * *     root   [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi",
  Laravel: "* * * * * cd /path-to-your-project && php artisan schedule:run >> /dev/null 2>&1",
  Nextcloud: "*/5  *  *  *  * php -f /var/www/nextcloud/cron.php",
  Moodle: "* * * * *    /usr/bin/php /path/to/moodle/admin/cli/cron.php >/dev/null",
  Drupal: "0   *   *   *   *   wget -O - -q -t 1 http://www.example.com/cron.php",
  WordPress: "*/15 * * * * wget -q -O - https://yoursite.com/wp-cron.php?doing_wp_cron >/dev/null 2>&1",
  "Mage-OS": `#~ MAGENTO START 69dd2b02e1f3a65918182048ea4e29979a849d8942e8f53ed20a4bf10e529b36
* * * * * /usr/bin/php /var/www/html/bin/magento cron:run 2>&1 | grep -v "Ran jobs by schedule" >> /var/www/html/var/log/magento.cron.log
#~ MAGENTO END 69dd2b02e1f3a65918182048ea4e29979a849d8942e8f53ed20a4bf10e529b36`,
  Piwik: `MAILTO="youremail@example.com"
5 0 * * * www-data /path/to/piwik/misc/cron/archive.sh > /dev/null`,
  "acme.sh": '10 21 * * * "/root/.acme.sh"/acme.sh --cron --home "/root/.acme.sh" > /dev/null',
  "GitLab backup": "0 2 * * * /opt/gitlab/bin/gitlab-backup create CRON=1",
  "SSD in Gentoo's wiki": `# Run file system trim once a week
@weekly root  /sbin/fstrim --all`,
  DuckDNS: `@reboot $HOME/duckdns/duck.sh >/dev/null 2>&1
*/5 * * * * $HOME/duckdns/duck.sh >/dev/null 2>&1`,
  "Red Hat guide": `SHELL=/bin/bash
PATH=/sbin:/bin:/usr/sbin:/usr/bin
MAILTO=root
HOME=/
01 * * * * root run-parts /etc/cron.hourly
02 4 * * * root run-parts /etc/cron.daily
22 4 * * 0 root run-parts /etc/cron.weekly
42 4 1 * * root run-parts /etc/cron.monthly`,
  "crontab(5) of cronie": `# use /bin/sh to run commands, no matter what /etc/passwd says
SHELL=/bin/sh
# mail any output to \`paul', no matter whose crontab this is
MAILTO=paul
#
CRON_TZ=Japan
# run five minutes after midnight, every day
5 0 * * *       $HOME/bin/daily.job >> $HOME/tmp/out 2>&1
# run at 2:15pm on the first of every month -- output mailed to paul
15 14 1 * *     $HOME/bin/monthly`,
  FreeBSD: `SHELL=/bin/sh
PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
# Save some entropy so that /dev/random can re-seed on boot.
*/11	*	*	*	*	operator /usr/libexec/save-entropy
# Rotate log files every hour, if necessary.
0	*	*	*	*	root	newsyslog
# Perform daily/weekly/monthly maintenance.
1	3	*	*	*	root	periodic daily
15	4	*	*	6	root	periodic weekly
30	5	1	*	*	root	periodic monthly
1,31	0-5	*	*	*	root	adjkerntz -a`,
};

const now = new Date("2026-11-30T10:00:00Z");

test.each(Object.entries(crontabs))(
  "%s: the next five moments of each line are those of cron-parser",
  (name, text) => {
    // Users other than root are only read with --system.
    const isSystem = name === "Piwik" || name === "FreeBSD" || undefined;
    const { script, problems } = scriptOf(text, name, isSystem);
    expect(problems.filter((problem) => problem.startsWith("line "))).toEqual([]);
    const lines = text.split("\n").filter((line) => /^[\d*@]/.test(line));
    const written = [...script.matchAll(/^(?:once|cron)\("(.*?)"\)/gm)].map(([, when]) => when!);
    expect(written).toEqual(
      lines.map((line) =>
        /^@\w+|^(?:\S+\s+){4}\S+/.exec(line)![0].replace("@reboot", "in 1 second").replaceAll("\t", "\\t"),
      ),
    );
    for (const line of written.filter((one) => one !== "in 1 second")) {
      const when = line.replaceAll("\\t", "\t");
      // crontab(5) says "every Sunday that's an uneven date" of this line; cron-parser runs it on both.
      if (when === "0 0 */2 * sun") {
        const days = cron(when)
          .in("UTC")
          .next(5, { after: now })
          .map((date) => [date.getUTCDay(), date.getUTCDate() % 2]);
        expect(days).toEqual(Array(5).fill([0, 1]));
        continue;
      }
      const parser = CronExpressionParser.parse(when, { tz: "UTC", currentDate: now });
      expect(cron(when).in("UTC").next(5, { after: now })).toEqual(
        parser.take(5).map((date) => date.toDate()),
      );
    }
  },
);

test("variables, what a command reads, users and comments are kept, and what is not is reported", () => {
  const { script, problems } = scriptOf(crontabs["crontab(5)"]!, "crontab -l");
  expect(script).toContain(`// every day at 00:05
cron("5 0 * * *").named("daily.job").exec("/bin/bash", ["-c", "$HOME/bin/daily.job >> $HOME/tmp/out 2>&1"], { cwd: process.env.HOME });`);
  expect(script).toContain("// run at 10 pm on weekdays, annoy Joe");
  expect(script).toContain('stdin: "Joe,\\n\\nWhere are your kids?\\n\\n"');
  expect(problems).toEqual([
    'MAILTO=paul is not kept: output is logged, not mailed. To be notified of failures, add .notify("…").',
  ]);
  const system = scriptOf(crontabs["Red Hat guide"]!, "/etc/crontab");
  expect(system.script).toContain('env: { PATH: "/sbin:/bin:/usr/sbin:/usr/bin" }');
  expect(system.script).toContain('cwd: "/"');
  expect(system.script).toContain('.named("run-parts 4")');
  expect(system.problems).toContain("ran as root: start this script as that user");
  expect(scriptOf(crontabs.mdadm!, "x").script).toContain("date +%d");
  expect(scriptOf(crontabs["crontab(5) of cronie"]!, "x").script).toContain('.in("Japan").named("monthly")');
});

test("a line that cannot be read stays as a comment with its number and the reason", () => {
  const { script, problems } = scriptOf("0 9 * * *\n61 * * * * backup\n0 9 * * * ok\nnonsense", "x");
  expect(problems).toHaveLength(3);
  expect(problems[0]).toBe("line 1 is not kept: it is neither a job, a variable nor a comment");
  expect(problems[1]).toMatch(/^line 2 is not kept: .*61/);
  expect(script).toContain("// 61 * * * * backup");
  expect(script.match(/^cron\(/gm)).toHaveLength(1);
});

test("an empty crontab is rejected, and nothing is written", async () => {
  const [output, errors] = [new PretendTerminal(120), new PretendTerminal(120)];
  const { scheduler } = assemble({});
  const code = await importCrontab({ scheduler, args: ["/dev/null"], output, errors, hasScript: false });
  expect([code, output.screen.join("")]).toEqual([2, ""]);
  expect(errors.screen.slice(0, 2)).toEqual([
    "  there is no crontab to read: pipe one in, or name a file",
    "  usage: npx onthedot import [crontab] [--system]",
  ]);
});
