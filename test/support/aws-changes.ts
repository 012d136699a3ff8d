import { mustBeUsed } from "./must-be-used.ts";

interface Strike {
  readonly at: number;
  readonly when: "before" | "after";
  readonly reason: Error;
  readonly kills: boolean;
}

/** How many reads show a new cluster, node group, add-on or NAT gateway as in progress before it is ready. */
const readsUntilReady = 2;

/** The changes of an in-memory AWS: each is counted and can fail, and what takes AWS time takes reads. */
export interface AwsChanges {
  /** Makes a change. A rejected change is not counted. */
  change<T>(work: () => T): Promise<T>;
  /** The number of calls that have changed something. */
  count(): number;
  /** Makes the n-th change from now, counted from 0, throw `reason`, before or after it is made. */
  strike(n: number, when: "before" | "after", reason: Error): void;
  /** Kills the process that makes the n-th change from now: none of its later calls does or returns anything. */
  kill(n: number, when: "before" | "after"): void;
  /** The AWS of the process that is killed; it works again after `restart`. */
  mortal<T extends object>(port: T): T;
  restart(): void;
  /** Shows the resource of this name as in progress until it has been read often enough. */
  begin(name: string): void;
  /** Returns whether the resource of this name has been read often enough to be ready. Counts as a read. */
  isReady(name: string): boolean;
  /** Returns whether a read has shown the resource of this name as ready. */
  isSettled(name: string): boolean;
}

export function awsChanges(): AwsChanges {
  let count = 0;
  let struck: Strike | undefined;
  /** The strikes that no change has reached. */
  const strikes = new Set<Strike>();
  let dead: Error | undefined;
  const young = new Map<string, number>();

  const change = async <T>(work: () => T): Promise<T> => {
    const mine = count++;
    const strike = struck?.at === mine ? struck : undefined;
    if (strike !== undefined) strikes.delete(strike);
    if (strike?.kills === true) dead = strike.reason;
    if (strike?.when === "before") throw strike.reason;
    const result = made(work);
    if (strike !== undefined) throw strike.reason;
    return result;
  };
  /** Makes a change, and does not count it if it is rejected. */
  const made = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      count--;
      throw error;
    }
  };
  const aim = (at: number, when: "before" | "after", reason: Error, kills: boolean): void => {
    struck = { at: count + at, when, reason, kills };
    strikes.add(struck);
    mustBeUsed("a fault at a change", () => [...strikes].map((each) => `${each.when} change ${each.at}`));
  };
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown =>
          dead === undefined ? (member as (...args: unknown[]) => unknown)(...args) : neverAnswered(dead);
      },
    });

  return {
    change,
    count: () => count,
    strike: (n, when, reason) => aim(n, when, reason, false),
    kill: (n, when) => aim(n, when, new Error("killed"), true),
    mortal,
    restart: () => void (dead = undefined),
    begin: (name) => void young.set(name, readsUntilReady),
    isReady: (name) => {
      const left = young.get(name) ?? 0;
      young.set(name, left - 1);
      return left <= 0;
    },
    isSettled: (name) => (young.get(name) ?? -1) < 0,
  };
}

/** What a call of a dead process is, whether it is awaited or iterated over: an error. */
function neverAnswered(reason: Error): Promise<never> & AsyncIterable<never> {
  const rejected = Promise.reject(reason);
  rejected.catch(() => undefined);
  const failing = {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject<IteratorResult<never>>(reason) }),
  };
  return Object.assign(rejected, failing);
}
