/** How the words of `npx onthedot` that have arguments of their own are called. */
export const usages = {
  next: 'next "<when>" [-n 3] [--zone …] [--json]',
  explain: 'explain "<when>" [--zone …] [--json]',
  init: "init [file]",
  lessons: "lessons [number | name] [--answer] [--source]",
  service: "service <file> [--print] [--force] [--name …] [--systemd | --launchd | --pm2]",
} as const;
