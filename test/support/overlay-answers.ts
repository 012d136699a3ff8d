import { connectAws } from "../../src/aws/aws.ts";
import { openJournal } from "../../src/core/journal.ts";
import { beginRun } from "../../src/core/run.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import { bootstrapRegions } from "../../src/region/bootstrap.ts";
import { planRegions } from "../../src/region/region-plan.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { keyOf, type NamedCall } from "./adapters.ts";
import type { AwsEndpoint } from "./aws-endpoint.ts";
import type { AwsModel } from "./aws-models.ts";
import type { FieldType } from "./field-reads.ts";
import { memoryCluster } from "./memory-cluster.ts";
import { memoryLines } from "./memory-lines.ts";
import { everything, patientSignal } from "./region-trial.ts";
import { nonEmpty } from "./non-empty.ts";
import { keepFields, type ReadFields } from "./read-fields.ts";
import { watchSends } from "./sdk-sends.ts";
import { readStoreEvents } from "./store-events.ts";
import { rotateSecret } from "./rotated-secret.ts";
import { virtualClock } from "./virtual-clock.ts";

/** What the adapters have read of the answers of the sandbox's AWS. */
export interface OverlayAnswers {
  /** By call. Calls without one were not made. */
  readonly fields: ReadonlyMap<string, ReadFields>;
  /** Resources that the sandbox's AWS could not provide without a sandbox, and why. */
  readonly failures: readonly string[];
}

const overlayRegion = "eu-west-1";

/** Keys of the region that are changed once it exists. */
const changed = {
  nodes: { min: 1, desired: 2, max: 4 },
  kubernetes: { logs: ["api", "audit", "authenticator", "scheduler"] },
};

/**
 * Builds a region in the sandbox's AWS with the real adapters, changes it, rotates a secret, and keeps what they read.
 * The variables of the endpoint must be set.
 */
export async function overlayAnswers(
  named: readonly NamedCall[],
  models: ReadonlyMap<string, AwsModel>,
  { accountId, env }: Pick<AwsEndpoint, "accountId" | "env">,
): Promise<OverlayAnswers> {
  const fields = new Map<string, Map<string, FieldType | undefined>>();
  const clock = virtualClock();
  const signal = patientSignal();
  const kept: (() => void)[] = [];
  const restore = await watchSends(named, async (call, send) => {
    const answer = await send();
    kept.push(() => {
      const model = models.get(call.service);
      if (model === undefined) return;
      const own = fields.get(keyOf(call)) ?? new Map<string, FieldType | undefined>();
      fields.set(keyOf(call), own);
      keepFields(own, call.reads, model, call.operation);
    });
    return answer;
  });
  const settings = { env, requestTimeoutMs: 60_000, clock, random: () => 0, emit: () => undefined };
  const aws = connectAws({ name: "eu", awsRegion: overlayRegion, accountId }, settings);
  const { cluster } = memoryCluster("eu");
  const failures: string[] = [];
  try {
    for (const changes of [{}, changed]) {
      const network = { endpoints: ["ecr.api", "sts"] };
      const region = { name: "eu", awsRegion: overlayRegion, accountId, cluster: "acme-eu", network, ...changes };
      const platform = platformSchema.parse({ ...everything, state: "bucket", regions: [region] });
      const world: RegionWorld = { platform, region: nonEmpty(platform.regions)[0], aws, cluster: async () => cluster };
      const plan = await planRegions([world], signal);
      const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
      const { findings } = await bootstrapRegions([world], plan, run, { clock, signal, report: () => undefined });
      failures.push(...findings.map(({ subject, summary }) => `${subject}: ${summary}`));
    }
    await rotateSecret(aws, overlayRegion, signal);
    if ((await readStoreEvents(overlayRegion)) === 0) throw new Error("the data stores have no events");
    for (const keep of kept) keep();
    return { fields, failures };
  } finally {
    restore();
    await aws.close();
  }
}
