import { mustBeUsed } from "./must-be-used.ts";

interface Strike {
  readonly at: number;
  readonly when: "before" | "after";
  readonly reason: Error;
  readonly kills: boolean;
}

/** How many reads of a cluster, node group, add-on or NAT gateway show it as under way before it is usable. */
const readsUntilReady = 2;

/** The changes of an AWS in memory: each is counted and can be struck, and what AWS takes time for takes reads. */
export interface AwsChanges {
  /** Makes a change. One that is refused is not counted. */
  change<T>(work: () => T): Promise<T>;
  count(): number;
  /** The n-th change from now, counted from 0, throws `reason`; after it was made, or before. */
  strike(n: number, when: "before" | "after", reason: Error): void;
  /** Kills the process that makes the n-th change from now: no call of it does or answers anything any more. */
  kill(n: number, when: "before" | "after"): void;
  /** What the process that is killed calls; it works again after `restart`. */
  mortal<T extends object>(port: T): T;
  restart(): void;
  /** From now on it is under way, until it was read often enough. */
  begin(name: string): void;
  /** Whether it has been read often enough to be ready: this is one of the reads. */
  isReady(name: string): boolean;
  /** Whether a read has shown it as ready. */
  isSettled(name: string): boolean;
}

export function awsChanges(): AwsChanges {
  let count = 0;
  let struck: Strike | undefined;
  /** Those that no change has reached. */
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
  /** What is refused changes nothing. */
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
          dead === undefined ? (member as (...args: unknown[]) => unknown)(...args) : Promise.reject(dead);
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
