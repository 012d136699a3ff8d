import type { AwsChanges } from "./aws-changes.ts";

type Phase = "CREATING" | "UPDATING" | "DELETING";

interface Work {
  readonly phase: Phase;
  readonly finish: () => void;
}

/** What EKS works on: a resource is in a phase until it has been read often enough, and changes at the end of it. */
export interface Phases {
  begin(id: string, phase: Phase, finish?: () => void): void;
  /** Returns the phase that a read shows. Counts as a read. */
  shown(id: string): Phase | undefined;
  /** Returns the phase without a read. */
  current(id: string): Phase | undefined;
  /** Ends the phase, as a caller does who waits for it. */
  settle(id: string): void;
  /** Makes a change that begins an update, as an adapter does: it waits for the phase before, and for the update. */
  update(id: string, work: () => void): Promise<void>;
}

export function memoryPhases({ begin, isReady, change }: Pick<AwsChanges, "begin" | "isReady" | "change">): Phases {
  const works = new Map<string, Work>();
  const end = (id: string): void => {
    const work = works.get(id);
    works.delete(id);
    work?.finish();
  };
  const phases: Phases = {
    begin: (id, phase, finish = () => undefined) => {
      works.set(id, { phase, finish });
      begin(id);
    },
    shown: (id) => {
      if (isReady(id)) end(id);
      return works.get(id)?.phase;
    },
    current: (id) => works.get(id)?.phase,
    settle: (id) => {
      while (works.has(id)) phases.shown(id);
    },
    update: async (id, work) => {
      phases.settle(id);
      await change(work);
      phases.settle(id);
    },
  };
  return phases;
}
