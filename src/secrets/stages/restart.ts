import { answerOf } from "../../core/gate.ts";
import type { Stage } from "../../core/saga.ts";
import { consumerFindings, markOf, restart as restartAll } from "../consumers.ts";
import { consumersOf, type Reader } from "../readers.ts";
import { type Site, textsOf, type Versions, type World } from "../world.ts";
import { affected } from "./sync.ts";

/** The workloads of one region get new pods, which have the target's value. */
export function restart(site: Site, world: World, versions: Versions): Stage {
  const readers = async (signal: AbortSignal): Promise<readonly Reader[]> => {
    const { before, target } = await textsOf(world, versions, signal);
    return affected(site, world, { is: target, not: before }, signal);
  };
  const mark = markOf(world.secret, versions.target, versions.run);
  return {
    id: `restart/${site.name}`,
    title: `Restart what reads it in ${site.name}`,
    async do(at) {
      await restartAll(site, consumersOf(await readers(at.signal)), mark, world, at);
    },
    async verify({ signal }) {
      return answerOf(await consumerFindings(site, await readers(signal), mark, world, signal));
    },
    undo: async () => undefined,
  };
}
