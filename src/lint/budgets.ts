import { selects } from "../core/kubernetes/label-selector.ts";
import { field, fields, isFields, list } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";
import { hasPods, podLabels } from "./workloads.ts";

export function isBudget(manifest: Manifest): boolean {
  return isKind(manifest, "policy", "PodDisruptionBudget");
}

/**
 * Returns whether a budget's selector matches the pods of an object.
 * https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export function protects(budget: Manifest, workload: Manifest): boolean {
  return (
    hasPods(workload) &&
    mayBeIn(budget, workload.namespace) &&
    selects(field(budget.value, "spec", "selector"), podLabels(workload))
  );
}

/** A number of pods in a budget: absolute, or a percentage of the replicas. */
export type Amount = { readonly pods: number } | { readonly percent: number };

/** Returns the amount; undefined if it contains a placeholder, "invalid" if the API server would reject it. */
export function amountOf(value: unknown): Amount | undefined | "invalid" {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? { pods: value } : "invalid";
  if (typeof value !== "string") return "invalid";
  if (/[${}<>]|^[A-Z_]+$/.test(value)) return undefined;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined || Number(percent) > 100 ? "invalid" : { percent: Number(percent) };
}

/**
 * Returns the number of pods that an amount stands for. Kubernetes rounds up, for both minAvailable and maxUnavailable.
 */
export function podsOf(amount: Amount, replicas: number): number {
  return "pods" in amount ? amount.pods : Math.ceil((amount.percent * replicas) / 100);
}

/**
 * Returns whether an object that is not a workload may create the pods that a budget selects: an operator's custom
 * resource that contains the same labels, or has the name that the selector asks for.
 */
export function mayMakePods(manifest: Manifest, budget: Manifest): boolean {
  if (!mayBeIn(manifest, budget.namespace) || hasPods(manifest) || manifest.group === "" || isBudget(manifest))
    return false;
  if (/(^|\.)k8s\.io$|^(apps|batch|autoscaling|policy|argoproj\.io|backstage\.io)$/.test(manifest.group)) return false;
  const selector = field(budget.value, "spec", "selector");
  const asked = [
    ...Object.values(fields(selector, "matchLabels")),
    ...list(selector, "matchExpressions").flatMap((each) => list(each, "values")),
  ];
  return asked.includes(manifest.name) || hasLabels(manifest.value, selector);
}

function hasLabels(value: unknown, selector: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => hasLabels(each, selector));
  if (!isFields(value)) return false;
  return Object.entries(value).some(
    ([key, below]) =>
      (/labels$/i.test(key) && key !== "matchLabels" && isFields(below) && selects(selector, below)) ||
      hasLabels(below, selector),
  );
}
