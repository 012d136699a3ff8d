import { eachBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import { consumerFindings, restartWorkloads } from "../consumers.ts";
import { kubeSecretOf } from "../expected.ts";
import type { Between } from "../holds.ts";
import { superseded } from "../labels.ts";
import { markOf } from "../mark.ts";
import { consumersOf, type Reader, readerName } from "../readers.ts";
import { type Site, textsOf, type Versions, type RotationWorld } from "../world.ts";
import { replicaFindings, untilReplicated } from "./replicas.ts";
import { affected, bring, heldBy } from "./sync.ts";

const sitesAtOnce = 8;
const all = "all Kubernetes Secrets as they are before the rotation";

/**
 * Records the current state. In a roll-back, this runs after AWSCURRENT has returned, and restores the previous version
 * for every reader: replicas, Kubernetes Secrets, and the pods that may have received the new value. Those are the pods
 * whose Kubernetes Secret was written since, whatever triggered External Secrets.
 */
export function remember(world: RotationWorld, versions: Versions): Stage {
  const back = async (signal: AbortSignal): Promise<Between> => {
    const { before, target } = await textsOf(world, versions, signal);
    return { is: before, not: target };
  };
  return {
    id: "remember",
    title: "Record the current state",
    async do(at) {
      const between = await back(at.signal);
      await eachBounded(world.sites, sitesAtOnce, async (site) => {
        for (const reader of await affected(site, world, between, at.signal)) {
          await at.note(readerName(reader), { resourceVersion: await writtenAs(reader, at.signal) });
        }
      });
      await at.note(all, {});
    },
    async verify(at) {
      if (at.noted(all) !== undefined) return answerOf([]);
      const summary = "is not recorded";
      return answerOf([{ id: "secrets/version", severity: "fail", subject: all, summary }]);
    },
    async undo(at) {
      // Until everything is recorded, AWSCURRENT has not been moved.
      if (at.noted(all) === undefined || at.noted(superseded) !== undefined) return;
      const between = await back(at.signal);
      await untilReplicated(world, at, () => replicaFindings(world, between.is, at.signal));
      await eachBounded(world.sites, sitesAtOnce, (site) => bringBack(site, between, versions, world, at));
    },
  };
}

async function writtenAs(reader: Reader, signal: AbortSignal): Promise<string> {
  return (await kubeSecretOf(reader, signal))?.resourceVersion ?? "";
}

/** A region that fails must not stop the roll-back of the others: each goes as far as it can. */
async function bringBack(
  site: Site,
  between: Between,
  { run, before }: Versions,
  world: RotationWorld,
  at: StageContext,
): Promise<void> {
  const readers = await affected(site, world, between, at.signal);
  const exposed: Reader[] = [];
  for (const reader of readers) {
    await bring(reader, between, before, world, at);
    if ((await heldBy(reader, between, at.signal)).state !== "held") {
      const { namespace, name } = reader.external;
      const fix = `${site.kubectl} -n ${namespace} describe externalsecret ${name}`;
      throw unproven(`${readerName(reader)}: secret ${reader.kubeSecret} does not hold the previous value yet`, fix);
    }
    const remembered = at.noted(readerName(reader))?.["resourceVersion"];
    if ((await writtenAs(reader, at.signal)) !== remembered) exposed.push(reader);
  }
  const mark = markOf(world.secret, before, run);
  await restartWorkloads(site, consumersOf(exposed), mark, world, at);
  const names = new Set(exposed.map(readerName));
  const now = (await affected(site, world, between, at.signal)).filter((reader) => names.has(readerName(reader)));
  const bad = (await consumerFindings(site, now, between, mark, world, at.signal)).find(
    ({ severity }) => severity !== "ok",
  );
  if (bad !== undefined) throw unproven(`${site.name}: ${bad.subject}: ${bad.summary}`, bad.fix);
}

function unproven(message: string, fix?: string): AppError {
  return new AppError("SAGA_STAGE_UNPROVEN", `${message}.`, { next: fix === undefined ? [] : [fix] });
}
