import { answerOf } from "../../core/gate.ts";
import type { Stage } from "../../core/saga.ts";
import { consumerFindings, restartWorkloads } from "../consumers.ts";
import type { Between } from "../holds.ts";
import { markOf } from "../mark.ts";
import { consumersOf, type Reader } from "../readers.ts";
import { type Site, textsOf, type Versions, type RotationWorld } from "../world.ts";
import { affected } from "./sync.ts";

/** Replaces the pods of one region's workloads, so that they have the target's value. */
export function restart(site: Site, world: RotationWorld, versions: Versions): Stage {
  const read = async (signal: AbortSignal): Promise<readonly [readonly Reader[], Between]> => {
    const { before, target } = await textsOf(world, versions, signal);
    const between = { is: target, not: before };
    return [await affected(site, world, between, signal), between];
  };
  const mark = markOf(world.secret, versions.target, versions.run);
  return {
    id: `restart/${site.name}`,
    title: `Restart the workloads that read it in ${site.name}`,
    async do(at) {
      const [readers] = await read(at.signal);
      await restartWorkloads(site, consumersOf(readers), mark, world, at);
    },
    async verify({ signal }) {
      const [readers, between] = await read(signal);
      return answerOf(await consumerFindings(site, readers, between, mark, world, signal));
    },
    undo: async () => undefined,
  };
}
