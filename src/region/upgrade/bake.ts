import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { EksCluster, VersionUpdate } from "../../aws/eks/port.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import type { GateAnswer } from "../../core/gate.ts";
import { type AnyResource, asDesired, ready, type ResourceContext } from "../../core/resource.ts";
import { nodeGroupName } from "../resources/node-group.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { lastChange } from "./cluster-updates.ts";
import { actingBy, rollbackCommand, upgradeCommand, type UpgradeRules } from "./upgrade-step.ts";

/**
 * The tag of a cluster that keeps how long it has been healthy since its last upgrade: EKS does not report when an
 * upgrade ended. `<id of the update> <since> <until>`.
 */
const bakeTag = "gennet:baked";

/** From when to when a region was healthy with a new control plane, in milliseconds since the epoch. */
interface Bake {
  readonly since: number;
  readonly until: number;
}

interface Actual {
  readonly cluster: EksCluster | undefined;
  /** The upgrade to this version; undefined if it has not been made, or the cluster was created with it. */
  readonly upgrade: VersionUpdate | undefined;
  readonly bake: Bake | undefined;
  /** Whether all nodes have the version of the control plane: there is no way back then. */
  readonly isLevel: boolean;
}

/** A failure that passes within this time is none: an upgrade restarts what runs in the cluster's control plane. */
const graceMs = 3 * 60_000;
const pauseMs = 30_000;

/**
 * The time in which the region has to be healthy with the new control plane, while its nodes and add-ons are still the
 * old ones: EKS can roll back only that far. `follows`: the control plane is upgraded to it in this run. Outputs the
 * version.
 */
export function bakeOf(
  version: string,
  { needs, follows }: { readonly needs: readonly AnyResource<RegionWorld>[]; readonly follows: boolean },
  rules: UpgradeRules,
): RegionResource<Actual, string> {
  const isDone = ({ cluster, upgrade, bake, isLevel }: Actual): boolean => {
    if (cluster === undefined || minorOf(cluster.version) < minorOf(version)) return false;
    if (cluster.version !== version || isLevel) return true;
    if (upgrade === undefined) return !follows;
    return bake !== undefined && bake.until - bake.since >= rules.bakeMs && bake.until > bake.since;
  };
  return {
    id: `bake-${version}`,
    title: `Bake of ${version}`,
    needs,
    async read({ world, signal }) {
      const eks = await world.aws.service("eks");
      const { cluster: name } = world.region;
      const [cluster, group, updates] = await Promise.all([
        eks.cluster(name, signal),
        eks.nodegroup(name, nodeGroupName, signal),
        eks.clusterUpdates(name, signal),
      ]);
      const last = lastChange(updates);
      const upgrade = last?.kind === "upgrade" && last.version === version ? last : undefined;
      const bake = upgrade && cluster && bakeIn(cluster.tags[bakeTag], upgrade);
      return { cluster, upgrade, bake, isLevel: group?.version !== undefined && group.version === cluster?.version };
    },
    diff(actual) {
      if (isDone(actual)) return asDesired;
      const duration = [formatDuration(rules.bakeMs)];
      return { operations: [{ verb: "update", target: `bake of ${version}`, field: "duration", after: duration }] };
    },
    async apply({ cluster, upgrade, bake }, { world, signal }) {
      if (cluster === undefined || upgrade === undefined) throw notListed(version, world.region.name);
      const eks = await world.aws.service("eks");
      const { clock } = actingBy(rules);
      const keep = async ({ since, until }: Bake): Promise<void> => {
        const value = [upgrade.id, new Date(since).toISOString(), new Date(until).toISOString()].join(" ");
        await eks.tag(cluster.arn, { [bakeTag]: value }, signal);
      };
      const begun = bake ?? { since: clock.now(), until: clock.now() };
      if (bake === undefined) await keep(begun);
      await healthyUntil(begun.since + rules.bakeMs, version, { world, signal }, rules);
      await keep({ since: begun.since, until: Math.max(clock.now(), begun.since + 1) });
    },
    ready: () => ready,
    output: (actual) => (isDone(actual) ? version : undefined),
  };
}

/** Polls the health of the region until a point in time. Throws REGION_BAKE_FAILED or REGION_BAKE_UNKNOWN. */
async function healthyUntil(
  end: number,
  version: string,
  { world, signal }: Pick<ResourceContext<RegionWorld>, "world" | "signal">,
  rules: UpgradeRules,
): Promise<void> {
  const { clock, health, waiting } = actingBy(rules);
  const { name } = world.region;
  let illSince: number | undefined;
  for (;;) {
    const answer = await health.evaluate(signal);
    signal.throwIfAborted();
    const now = clock.now();
    const left = formatDuration(Math.max(0, end - now));
    if (answer.answer === "pass") {
      illSince = undefined;
      if (now >= end) return;
      waiting(name, `bake-${version}`, `healthy, ${left} left`);
    } else {
      illSince ??= now;
      if (now - illSince >= graceMs) throw notHealthy(name, version, answer);
      waiting(name, `bake-${version}`, `${inWords(answer)}, ${left} left`);
    }
    const isLast = answer.answer === "pass" && end - now < pauseMs;
    await clock.sleep(isLast ? end - now : pauseMs, signal);
  }
}

function notListed(version: string, region: string): AppError {
  return new AppError("STEP_NOT_READY", `EKS does not list the upgrade to Kubernetes ${version} yet.`, {
    next: [`${upgradeCommand(region)}  # continues from here`],
  });
}

function notHealthy(region: string, version: string, answer: GateAnswer): AppError {
  const isKnown = answer.answer === "fail";
  const about = `Region ${region} with the control plane ${version}`;
  const message = isKnown
    ? `${about} is unhealthy: ${inWords(answer)}.`
    : `Whether ${about.replace("Region", "region")} is healthy is unknown: ${inWords(answer)}.`;
  return new AppError(isKnown ? "REGION_BAKE_FAILED" : "REGION_BAKE_UNKNOWN", message, {
    next: [
      ...(isKnown ? [`${rollbackCommand(region)}  # rolls the control plane back`] : []),
      `gennet status --region ${region}`,
      `${upgradeCommand(region)}  # continues with the bake`,
    ],
  });
}

function inWords({ answer, findings }: GateAnswer): string {
  const bad = findings.filter(({ severity }) => severity === answer || severity === "fail");
  if (bad.length === 0) return "no check had anything to look at";
  const [first] = bad;
  const more = bad.length === 1 ? "" : ` and ${bad.length - 1} more`;
  return `${first?.subject}: ${first?.summary}${more}`;
}

/** Returns the bake of this upgrade; undefined if the tag is about another one. */
function bakeIn(tag: string | undefined, { id }: VersionUpdate): Bake | undefined {
  const [of, since = "", until = ""] = tag?.split(" ") ?? [];
  const bake = { since: Date.parse(since), until: Date.parse(until) };
  return of === id && Number.isFinite(bake.since) && Number.isFinite(bake.until) ? bake : undefined;
}
