import type { Check, CheckFinding } from "../../core/check.ts";
import { formatDuration, parseGoDuration } from "../../core/duration.ts";
import { enumerate } from "../../core/enumerate.ts";
import type { ExternalSecret } from "../../k8s/external-secrets/port.ts";
import { ofComponent } from "../components/component-reads.ts";
import { notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";

const id = "secrets/fresh";
/**
 * Clocks differ: the time of the sync is the operator's, the time of the change AWS's, the current time this machine's.
 */
const toleranceMs = 120_000;
/** The default of External Secrets. */
const defaultIntervalMs = 3_600_000;

export const secretsFresh: Check<HealthContext> = {
  id,
  title: "Secrets follow AWS",
  explain:
    "A Kubernetes Secret should follow its secret in AWS Secrets Manager within the ExternalSecret's refreshInterval. If the secret changed longer ago than that, and was not synced since then, the Kubernetes Secret contains an old value: its operator is behind or not running, or the ExternalSecret never syncs again (refreshPolicy CreatedOnce, refreshInterval 0, an immutable target), which is a warning, because it may be intended. An ExternalSecret that is pinned to a version follows nothing, and is not compared. `gennet secrets verify NAME` compares the values.",
  needs: ["cluster/api", "secrets/ready"],
  async run({ secrets, now, kubectl }) {
    const { followed } = secrets;
    if (followed === undefined) return [notOfAws(id, "Secrets")];
    const all = await Promise.all(
      (await secrets.externals()).map(async (external) => {
        const read = await Promise.all(external.sources.map((source) => followed(external, source)));
        return { external, changes: read.map((each) => each?.changedAt?.getTime()) };
      }),
    );
    const findings = all.flatMap(({ external, changes }): CheckFinding[] => {
      const late = lateBy(external, Math.max(...changes.filter((each) => each !== undefined)), now());
      if (late === undefined) return [];
      const { namespace, name, blockedReason } = external;
      const subject = subjectOf(external);
      const since = `its secret in AWS changed ${formatDuration(late)} ago, but it was not synced since then`;
      const fix = `${kubectl} -n ${namespace} annotate externalsecret ${name} --overwrite force-sync=$(date +%s)`;
      if (blockedReason !== undefined)
        return [{ id, severity: "warn", subject, summary: `${since}: ${blockedReason}` }];
      return [{ id, severity: "fail", subject, summary: since, fix, symptomOf: ofComponent("external-secrets") }];
    });
    const judged = new Set(findings.map(({ subject }) => subject));
    const others = all.filter(({ external }) => !judged.has(subjectOf(external)));
    const uncompared = others.filter((each) => !isCompared(each)).map(({ external }) => external);
    const current = others.length - uncompared.length;
    if (uncompared.length > 0) {
      const names = uncompared.map(({ namespace, name }) => `${namespace}/${name}`);
      const subject = enumerate(names, "externalsecret");
      const summary =
        "not compared: never synced, or reads more than the current versions of secrets of this account and AWS region";
      findings.push({ id, severity: "skip", subject, summary });
    }
    const none = "there are no ExternalSecrets here";
    return withWell(findings, { id, count: current, one: "Secret", summary: "up to date with AWS", none });
  },
};

function subjectOf({ namespace, name }: ExternalSecret): string {
  return `externalsecret ${namespace}/${name}`;
}

/** Returns whether it was synced, and AWS reports for all its sources when they changed. */
function isCompared({
  external,
  changes,
}: {
  readonly external: ExternalSecret;
  readonly changes: readonly unknown[];
}) {
  return external.refreshedAt !== undefined && changes.length > 0 && changes.every((each) => each !== undefined);
}

/**
 * Returns how long ago the secret changed if the ExternalSecret should have synced since then; undefined if it is in
 * time.
 */
function lateBy({ refreshedAt, refreshInterval, blockedReason }: ExternalSecret, changedAt: number, now: number) {
  if (refreshedAt === undefined || !Number.isFinite(changedAt)) return undefined;
  if (Date.parse(refreshedAt) + toleranceMs >= changedAt) return undefined;
  const interval = blockedReason === undefined ? intervalOf(refreshInterval) : 0;
  return now - changedAt > interval + toleranceMs ? now - changedAt : undefined;
}

/** Parses an interval. External Secrets uses its default if it cannot parse one. */
function intervalOf(text: string | undefined): number {
  return parseGoDuration(text ?? "") ?? defaultIntervalMs;
}
