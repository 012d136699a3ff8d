import type { Clock } from "../../src/core/clock.ts";

/** A call of one process, in the order in which they begin. */
export interface ProcessCall {
  /** `ec2 createVpc`, `kubernetes apply`. */
  readonly name: string;
  /** The region that is asked; empty for what all regions share. */
  readonly region: string;
  /** How many changes it has made. */
  changes: number;
}

/** What happens to calls of a process. Every call is asked before it arrives, and after it has taken effect. */
export interface CallFate {
  /** Throws what the call throws instead of taking effect. */
  arrives?(at: number, call: ProcessCall): void;
  /** Returns what the caller gets instead of the answer; throws if there is none. */
  answers?(at: number, call: ProcessCall, answer: unknown, args: readonly unknown[]): unknown;
}

/** How a process is killed: at a call, before it takes effect or after it. */
export interface Kill {
  readonly at: number;
  readonly when: "before" | "after";
  /** Whether the other calls that were on their way still take effect. */
  readonly landing: boolean;
}

export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
}

/** Every call takes time before it arrives and before its answer does, so that calls overlap. */
const travelMs = 20;

/** The calls of one process to in-memory ports. */
export interface ProcessCalls {
  readonly made: readonly ProcessCall[];
  /** Returns the port of a region as this process sees it. `changes` counts the changes behind it. */
  through<T extends object>(service: string, port: T, changes: () => number, region?: string): T;
}

export function processCalls(clock: Clock, fate: CallFate = {}, kill?: Kill): ProcessCalls {
  const made: ProcessCall[] = [];
  let dead = false;
  const alive = (): void => {
    if (dead) throw new ProcessKilled(`killed at call ${kill?.at}`);
  };
  const die = (at: number, when: Kill["when"]): void => {
    if (kill?.at === at && kill.when === when) dead = true;
  };
  const send = async (
    { name, region }: Pick<ProcessCall, "name" | "region">,
    args: readonly unknown[],
    work: () => unknown,
    changes: () => number,
  ): Promise<unknown> => {
    alive();
    const at = made.length;
    const call = { name, region, changes: 0 };
    made.push(call);
    await clock.sleep(travelMs);
    die(at, "before");
    if (kill?.landing !== true || kill.at === at) alive();
    fate.arrives?.(at, call);
    const before = changes();
    const answering = work();
    call.changes = changes() - before;
    const answer = await answering;
    die(at, "after");
    await clock.sleep(travelMs);
    alive();
    return fate.answers === undefined ? answer : fate.answers(at, call, answer, args);
  };
  return {
    made,
    through: (service, port, changes, region = "") =>
      new Proxy(port, {
        get: (target, key) => {
          const member: unknown = Reflect.get(target, key);
          if (typeof member !== "function") return member;
          const asked = { name: `${service} ${String(key)}`, region };
          if (isPaged(member)) {
            return async function* (...args: unknown[]): AsyncGenerator {
              const pages = async (): Promise<unknown[]> => {
                const all: unknown[] = [];
                for await (const page of Reflect.apply(member, target, args) as AsyncIterable<unknown>) all.push(page);
                return all;
              };
              yield* (await send(asked, args, pages, changes)) as unknown[];
            };
          }
          return (...args: unknown[]): unknown => {
            const work = (): unknown => Reflect.apply(member, target, args);
            return send(asked, args, work, changes);
          };
        },
      }),
  };
}

/** Whether a method returns pages, one after the other. */
function isPaged(method: object): boolean {
  return Object.prototype.toString.call(method) === "[object AsyncGeneratorFunction]";
}
