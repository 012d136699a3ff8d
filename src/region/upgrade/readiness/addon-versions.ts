import type { Addon, AddonVersions, Eks } from "../../../aws/eks/port.ts";
import { mapBounded } from "../../../core/bounded.ts";
import type { CheckFinding } from "../../../core/check.ts";
import { AppError } from "../../../core/error.ts";
import { shell } from "../../../core/shell-words.ts";
import { awsFlags } from "../../../core/aws-flags.ts";
import type { RegionWorld } from "../../world.ts";
import type { UpgradeStep } from "../upgrade-step.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/addon-versions";

export const addonVersions: ReadinessCheck = {
  id,
  title: "versions of add-ons",
  explain:
    "Add-ons keep their version when the control plane changes, so each one should fit both versions: the one before and the one after. One that does not is a failure if EKS offers a version that fits both, which it has to be updated to first, and also if EKS does not offer it for the new version at all. vpc-cni can only be updated by one minor version at a time. https://docs.aws.amazon.com/eks/latest/best-practices/rollback-cluster-upgrades.html",
  async run({ world, step, addons }, signal) {
    const eks = await world.aws.service("eks");
    const installed = await addons();
    const found = await mapBounded(installed, 4, (addon) => judge(addon, step, eks, world, signal));
    const findings = found.flat();
    if (findings.length > 0) return findings;
    if (installed.length === 0) return [];
    const summary = `fit Kubernetes ${step.from} and ${step.to}`;
    return [{ id, severity: "ok", subject: `${installed.length} add-ons`, summary }];
  },
};

async function judge(
  { name, version = "" }: Addon,
  { from, to }: UpgradeStep,
  eks: Pick<Eks, "addonVersions">,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const about = { id, subject: `add-on ${name}`, evidence: { version } };
  const after = await offered(eks.addonVersions(name, to, signal));
  if (after === undefined) {
    const fix = `${shell`aws eks describe-addon-versions --addon-name ${name}`} ${awsFlags(world)}`;
    return [{ ...about, severity: "fail", summary: `EKS offers it for no cluster with Kubernetes ${to}`, fix }];
  }
  if (after.compatible.includes(version)) return [];
  const now = (await offered(eks.addonVersions(name, from, signal)))?.compatible ?? [];
  const both = after.compatible.filter((each) => now.includes(each));
  const reachable = (each: string): boolean => name !== oneMinorAtATime || Math.abs(minorsTo(version, each)) <= 1;
  const best = both.find(reachable);
  const update = (next: string): string =>
    `${shell`aws eks update-addon --cluster-name ${world.region.cluster} --addon-name ${name} --addon-version ${next}`} ${awsFlags(world)}`;
  if (best !== undefined) {
    const summary = `${version} does not fit Kubernetes ${to}, but ${best} fits ${from} and ${to}`;
    return [{ ...about, severity: "fail", summary, fix: update(best) }];
  }
  if (reachable(after.default)) {
    const summary = `${version} does not fit Kubernetes ${to}, and no version fits ${from} and ${to}: it is updated after the control plane`;
    return [{ ...about, severity: "warn", summary }];
  }
  const next = now.find((each) => each !== version && reachable(each) && isTowards(version, each, after.default));
  const summary = `${version} does not fit Kubernetes ${to}, and cannot be updated to ${after.default} at once`;
  return [{ ...about, severity: "fail", summary, ...(next === undefined ? {} : { fix: update(next) }) }];
}

/** https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html */
const oneMinorAtATime = "vpc-cni";

/** Returns how many minor versions an add-on's version is newer than another: `v1.21.1-eksbuild.3` is 1.21. */
function minorsTo(before: string, after: string): number {
  const [one = 0, other = 0] = [before, after].map((each) => Number(/^v?\d+\.(\d+)/.exec(each)?.[1]));
  return other - one;
}

function isTowards(before: string, between: string, after: string): boolean {
  return Math.sign(minorsTo(before, between)) === Math.sign(minorsTo(before, after));
}

/** Returns undefined if EKS offers no version of the add-on. */
async function offered(asked: Promise<AddonVersions>): Promise<AddonVersions | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError && error.code === "AWS_REJECTED") return undefined;
    throw error;
  }
}
