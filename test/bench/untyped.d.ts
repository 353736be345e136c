declare module "@breejs/later" {
  interface Timer {
    clear(): void;
  }
  interface Parsed {
    readonly schedules: readonly object[];
  }
  const later: {
    readonly parse: {
      cron(expression: string, hasSeconds?: boolean): Parsed;
      text(text: string): Parsed;
      recur(): { on(date: Date): { fullDate(): Parsed } };
    };
    schedule(parsed: Parsed): { next(count: number, from: Date): Date };
    setInterval(task: () => void, parsed: Parsed): Timer;
    setTimeout(task: () => void, parsed: Parsed): Timer;
  };
  export default later;
}
