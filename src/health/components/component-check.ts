import type { Check, CheckFinding } from "../../core/check.ts";
import { counted } from "../../core/enumerate.ts";
import { globMatches } from "../../core/glob.ts";
import { rolloutOf, type WorkloadObject } from "../../core/kubernetes/workload.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import type { Application } from "../../k8s/argocd/port.ts";
import { applicationKey } from "../application-check.ts";
import type { HealthContext } from "../health-context.ts";
import { componentKey, keyOf } from "./component-reads.ts";
import type { ComponentName, RequiredComponent, RequiredWorkload } from "./required-component.ts";
import { ownApplications, whyMissing } from "./why-missing.ts";

export interface ComponentCheck {
  readonly name: ComponentName;
  /** `Istio`. */
  readonly title: string;
  /** What does not work without it. */
  readonly without: string;
  /**
   * How to find it where gennet did not install it: whether it is there, and what is missing if not. Absent if it leaves
   * no trace by which it could be recognized.
   */
  readonly detect?: {
    readonly isPresent: (context: HealthContext) => Promise<boolean>;
    readonly missing: string;
    /** Whether the user asked for it, so that its absence is not just skipped. */
    readonly isAsked?: (context: HealthContext) => boolean;
  };
}

/** Where to fix a workload: `deployment istio-system/istiod is scaled to 0`. */
interface Defect {
  readonly severity: "fail" | "warn";
  readonly summary: string;
  readonly key: string;
  readonly fix?: string;
  /** Whether workloads/available reports it, too. */
  readonly isReported?: true;
}

/** Returns the check `platform/NAME`: whether what gennet.yaml expects is installed and runs. */
export function componentCheck(component: ComponentCheck): Check<HealthContext> {
  const { name, title, without } = component;
  const id = `platform/${name}`;
  const about = { id, subject: title, about: [componentKey(name)] };
  return {
    id,
    title,
    explain: `If gennet.yaml has a \`platform\`, ${title} must be installed in every region, and every Deployment, StatefulSet and DaemonSet of it must exist and run: not scaled to 0, with all pods available. ${without} What depends on it is shown as a symptom. With \`external\`, the team installs it, and the check only looks whether it is there. For a kubeconfig context, and without a \`platform\`, a component that is not installed is skipped.`,
    needs: ["cluster/api"],
    async run(context) {
      try {
        const expected = context.components.expected(name);
        if (expected === undefined) return await unexpected(about, component, context);
        return [await judge(about, expected, component, context)];
      } catch (error) {
        // The checks of this component may be allowed to read more than this one.
        return [{ ...about, ...unknownBecause(error), blocks: false }];
      }
    },
  };
}

type About = Pick<CheckFinding, "id" | "subject" | "about">;

/** Where nothing is expected, a component that is not installed is one line, and one that is has its own checks. */
async function unexpected(
  about: About,
  { detect }: ComponentCheck,
  context: HealthContext,
): Promise<readonly CheckFinding[]> {
  if (detect === undefined || (await detect.isPresent(context))) return [];
  const summary = `not installed: ${detect.missing}`;
  if (detect.isAsked?.(context) !== true) return [{ ...about, severity: "skip", summary, blocks: true }];
  return [{ ...about, severity: "unknown", obstacle: "unreachable", summary, blocks: true }];
}

async function judge(
  about: About,
  expected: RequiredComponent,
  { name, title, detect }: ComponentCheck,
  context: HealthContext,
): Promise<CheckFinding> {
  const { workloads, isManaged } = expected;
  const isPresent = async (): Promise<boolean> => (await detect?.isPresent(context)) ?? false;
  if (!isManaged) {
    if (detect === undefined) {
      return { ...about, severity: "skip", summary: "not checked: gennet.yaml leaves it to the team" };
    }
    if (await isPresent()) return { ...about, severity: "ok", summary: "is installed" };
    const fix = `install ${title}, or remove \`external\` from gennet.yaml to have gennet install it`;
    return { ...about, severity: "fail", summary: `is not installed: ${detect.missing}`, fix, blocks: true };
  }
  if (workloads.length === 0 && expected.applications.length === 0 && detect !== undefined && !(await isPresent())) {
    const fix = `gennet region bootstrap ${context.components.region}`;
    return { ...about, severity: "fail", summary: `is not installed: ${detect.missing}`, fix, blocks: true };
  }
  const [own, found] = await Promise.all([
    Promise.all(workloads.map((each) => defectsOf(each, context))),
    ownApplications(expected, context),
  ]);
  const defects = [...own.flat(), ...absentApplications(expected, found)];
  const [worst] = defects.toSorted((one, other) => rank(one) - rank(other));
  if (worst === undefined) {
    const summary = workloads.length === 0 ? "installed" : `${counted(workloads.length, "workload")}, all available`;
    return { ...about, severity: "ok", summary };
  }
  const install = `gennet region bootstrap ${context.components.region}`;
  const missing = defects.filter(({ fix }) => fix === undefined);
  const things = { ...about, about: [componentKey(name), ...defects.map(({ key }) => key)] };
  if (missing.length === 0) {
    const { severity, fix = install, isReported, key } = worst;
    const summary = defects.map((each) => each.summary).join("; ");
    const symptomOf = isReported === true ? { symptomOf: { id: "workloads/available", about: key } } : {};
    return { ...things, severity, summary, fix, ...symptomOf, blocks: false };
  }
  const isGone = own.every(([first]) => first !== undefined && first.fix === undefined);
  const summary = isGone ? "is not installed" : defects.map((each) => each.summary).join("; ");
  const cause = whyMissing(expected, found);
  return { ...things, severity: "fail", summary, fix: install, ...cause, blocks: isGone && !(await isPresent()) };
}

function absentApplications(
  { applications }: RequiredComponent,
  found: readonly Application[] | undefined,
): readonly Defect[] {
  if (found === undefined) return [];
  const absent = applications.filter((name) => found.every((each) => !globMatches(name, each.name)));
  return absent.map((name) => ({
    severity: "fail",
    key: applicationKey({ namespace: "argocd", name }),
    summary: `Application ${name} does not exist`,
  }));
}

/** What is missing or off comes before what workloads/available reports. */
function rank({ severity, isReported }: Defect): number {
  return (severity === "fail" ? 0 : 2) + (isReported === true ? 1 : 0);
}

async function defectsOf(ref: RequiredWorkload, { components, kubectl }: HealthContext): Promise<readonly Defect[]> {
  const { kind, namespace } = ref;
  const found = await components.workloads(ref);
  if (found.length === 0) {
    const summary = `${kind.toLowerCase()} ${namespace}/${ref.name} does not exist`;
    return [{ severity: "fail", key: keyOf(ref), summary }];
  }
  return found.flatMap((each) => defectOf({ ...ref, name: each.metadata.name }, each, kubectl) ?? []);
}

function defectOf(ref: RequiredWorkload, found: WorkloadObject, kubectl: string): Defect | undefined {
  const { kind, namespace, name } = ref;
  const key = keyOf(ref);
  const subject = `${kind.toLowerCase()} ${namespace}/${name}`;
  const { desired, available, rolling } = rolloutOf(found);
  if (desired === 0 && kind !== "DaemonSet") {
    const fix = `${kubectl} -n ${namespace} scale ${kind.toLowerCase()} ${name} --replicas=1`;
    return { severity: "fail", key, summary: `${subject} is scaled to 0`, fix };
  }
  if (available >= desired) return undefined;
  const summary = `${subject}: ${available} of ${desired} available`;
  const fix = `${kubectl} -n ${namespace} describe ${kind.toLowerCase()} ${name}`;
  return { severity: rolling && available > 0 ? "warn" : "fail", key, summary, fix, isReported: true };
}
