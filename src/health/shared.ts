/** A read that several checks share: made once, when it is first asked for. */
export interface Shared<T> {
  (): Promise<T>;
  /** What was read; undefined as long as nothing was, or where it failed. */
  readonly seen: T | undefined;
}

export function shared<T>(read: () => Promise<T>): Shared<T> {
  let result: Promise<T> | undefined;
  let seen: T | undefined;
  const ask = (): Promise<T> => (result ??= read().then((value) => (seen = value)));
  return Object.defineProperty(ask, "seen", { get: () => seen }) as Shared<T>;
}
