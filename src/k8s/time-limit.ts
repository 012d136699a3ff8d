/** A time-out that can be restarted while the operation is running. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  restart(ms: number): void;
  end(): void;
}

export function timeLimit(ms: number): TimeLimit {
  const controller = new AbortController();
  const start = (after: number): NodeJS.Timeout => setTimeout(() => controller.abort(), after).unref();
  let timer = start(ms);
  return {
    signal: controller.signal,
    restart(after) {
      clearTimeout(timer);
      timer = start(after);
    },
    end: () => clearTimeout(timer),
  };
}
