import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { ClusterUpdate, EksCluster, Nodegroup } from "../../aws/eks/port.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf } from "../../core/gate.ts";
import { type AnyResource, asDesired, blocked, ready, type ResourceContext, update } from "../../core/resource.ts";
import { eksCluster } from "../resources/eks-cluster.ts";
import { nodeGroupName } from "../resources/node-group.ts";
import { isAuto } from "../resources/roles.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { doingOf, updateInProgress, waysOutOf } from "./cluster-updates.ts";
import { actingBy, commandOf, rollbackCommand, type UpgradeRules, type UpgradeStep } from "./upgrade-step.ts";

type At = ResourceContext<RegionWorld>;

interface Actual {
  readonly cluster: EksCluster | undefined;
  /** Node groups that gennet does not manage. */
  readonly foreign: readonly Nodegroup[];
  /** What EKS is changing; not read once the version is reached. */
  readonly busy: ClusterUpdate | undefined;
}

/**
 * The control plane in the version that a step leads to. Asks whether the region is ready for it right before it is
 * changed. Outputs its version.
 */
export function controlPlane(
  step: UpgradeStep,
  needs: readonly AnyResource<RegionWorld>[],
  rules: UpgradeRules,
): RegionResource<Actual, string> {
  const { from, to, kind } = step;
  const isReached = ({ cluster }: Pick<Actual, "cluster">): boolean =>
    cluster !== undefined && (kind === "upgrade" ? minorOf(cluster.version) >= minorOf(to) : cluster.version === to);
  const resource: RegionResource<Actual, string> = {
    id: `control-plane-${to}`,
    title: `Control plane ${to}`,
    needs,
    patienceMs: 60 * 60_000,
    async read({ world, signal }) {
      const eks = await world.aws.service("eks");
      const { cluster: name } = world.region;
      const [cluster, groups] = await Promise.all([eks.cluster(name, signal), eks.nodegroups(name, signal)]);
      const isThere = cluster === undefined || isReached({ cluster });
      const busy = isThere ? undefined : updateInProgress(await eks.clusterUpdates(name, signal));
      return { cluster, foreign: groups.filter((group) => group.name !== nodeGroupName), busy };
    },
    diff(actual) {
      if (isReached(actual)) return asDesired;
      const operations = [update(`control plane ${to}`, "Kubernetes", to, from)];
      const reason = obstacleOf(actual, step);
      return reason === undefined ? { operations } : blocked(reason, operations);
    },
    async apply(seen, at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const { cluster: name } = world.region;
      // What an earlier run began may be all that is missing.
      if (seen.cluster?.status !== "ACTIVE") await eks.settled(name, undefined, signal);
      let actual = seen.cluster?.status === "ACTIVE" ? seen : await resource.read(at);
      if (actual.busy !== undefined) {
        actingBy(rules).waiting(world.region.name, resource.id, doingOf(actual.busy));
        await ended(actual.busy, step, at);
        actual = await resource.read(at);
      }
      if (isReached(actual)) return;
      await assertReady(step, at, rules);
      if (kind === "rollback" && isAuto(world)) {
        actingBy(rules).waiting(world.region.name, resource.id, "EKS replaces the nodes of Auto Mode first");
      }
      await withNodesInMind(step, at, () => eks.updateVersion(name, to, signal));
    },
    ready(actual) {
      // The versions after this one are none of its business.
      return isReached(actual) && actual.cluster?.version !== to ? ready : eksCluster.ready(withCluster(actual));
    },
    output: (actual) => (isReached(actual) ? to : undefined),
  };
  return resource;
}

/**
 * Waits for an update that EKS is making already, of an earlier run or of someone else. It is the step itself if it leads
 * to the same version; otherwise, whether it was successful does not matter.
 */
async function ended(busy: ClusterUpdate, step: UpgradeStep, at: At): Promise<void> {
  const { world, signal } = at;
  const eks = await world.aws.service("eks");
  const end = (): Promise<void> => eks.updateEnded(world.region.cluster, busy, signal);
  if (busy.kind !== "other" && busy.version === step.to) return withNodesInMind(step, at, end);
  if (busy.kind !== "other") {
    const message = `Region ${world.region.name} is not changed to Kubernetes ${step.to}: ${doingOf(busy)}.`;
    throw new AppError("REGION_UPGRADE_REFUSED", message, { next: waysOutOf(busy, world) });
  }
  try {
    await end();
  } catch (error) {
    if (!isFailedStep(error)) throw error;
  }
}

/**
 * EKS replaces the nodes of Auto Mode before it rolls a control plane back, within their disruption budgets; if that takes
 * too long, the rollback fails. https://docs.aws.amazon.com/eks/latest/userguide/rollback-automode.html
 */
async function withNodesInMind({ kind }: UpgradeStep, { world }: At, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (kind !== "rollback" || !isAuto(world) || !isFailedStep(error)) throw error;
    const { name } = world.region;
    const why = "EKS has to replace the nodes of Auto Mode first, within their disruption budgets.";
    throw new AppError("STEP_FAILED", `${error.message}\n${why}`, {
      cause: error,
      next: [
        `${rollbackCommand(name)} --dry-run  # names the budgets and annotations that keep nodes`,
        `${rollbackCommand(name)}  # tries again`,
      ],
    });
  }
}

function isFailedStep(error: unknown): error is AppError {
  return error instanceof AppError && error.code === "STEP_FAILED";
}

function withCluster({ cluster }: Pick<Actual, "cluster">): Parameters<typeof eksCluster.ready>[0] {
  return { cluster, version: "", capabilities: [] };
}

/** EKS changes the version only while every managed node group has the one of the control plane. */
function obstacleOf({ foreign }: Actual, { from, kind }: UpgradeStep): string | undefined {
  if (kind === "rollback") return undefined;
  const other = foreign.find(({ version }) => version !== undefined && version !== from);
  if (other === undefined) return undefined;
  return `node group ${other.name}, which gennet does not manage, has Kubernetes ${other.version}: update it to ${from} first`;
}

/** Throws REGION_NOT_READY or REGION_READINESS_UNKNOWN. */
async function assertReady(step: UpgradeStep, { world, signal }: At, rules: UpgradeRules): Promise<void> {
  const { readiness, health } = actingBy(rules);
  assertNothingInTheWay(world.region.name, step, await readiness(world, step, signal));
  if (step.kind === "rollback") return;
  // An upgrade of an unhealthy region could not tell what it broke.
  const { answer, findings } = await health.evaluate(signal);
  if (answer === "pass") return;
  assertNothingInTheWay(world.region.name, step, findings);
  throw unknown(step, world.region.name, `No check of ${health.id} had anything to look at.`, [
    `gennet status --region ${world.region.name}`,
  ]);
}

/** Throws if a finding is in the way of a step. An unknown one is no pass. */
export function assertNothingInTheWay(region: string, step: UpgradeStep, findings: readonly Finding[]): void {
  const { answer } = answerOf(findings);
  if (answer === "pass") return;
  const inTheWay = findings.filter(({ severity }) => severity === "fail" || severity === "unknown");
  const lines = inTheWay.map(({ subject, summary }) => `${subject}: ${summary}`).join("\n");
  const next = [...new Set(inTheWay.flatMap(({ fix }) => fix ?? []))];
  if (answer === "unknown") throw unknown(step, region, lines, next);
  throw new AppError("REGION_NOT_READY", `Region ${region} is not ready for ${inWords(step)}.\n${lines}`, { next });
}

function unknown(step: UpgradeStep, region: string, why: string, next: readonly string[]): AppError {
  const message = `Whether region ${region} is ready for ${inWords(step)} is unknown.\n${why}`;
  return new AppError("REGION_READINESS_UNKNOWN", message, {
    next: next.length > 0 ? next : [`${commandOf(step, region)} --dry-run  # asks again`],
  });
}

function inWords({ kind, from, to }: UpgradeStep): string {
  return kind === "upgrade" ? `Kubernetes ${to}` : `a rollback from Kubernetes ${from} to ${to}`;
}
