import { formatDuration } from "../../core/duration.ts";
import type { CheckFinding } from "../../core/check.ts";
import type { Severity } from "../../core/finding.ts";
import { foldAlike } from "../fold-alike.ts";
import { meshCheck, nothingIn, whereIn } from "../mesh/mesh-check.ts";
import { controlPlane } from "./mesh-istiod.ts";
import { type Proxy, type ProxyResource, proxiesOf } from "../mesh/proxies.ts";
import { withWell } from "../with-well.ts";
import { enumerate } from "../../core/enumerate.ts";

const id = "mesh/sync";
const title = "proxies";

const severities: Readonly<Partial<Record<Proxy["state"], Severity>>> = {
  refused: "fail",
  stale: "fail",
  unconnected: "fail",
  unknown: "unknown",
  pending: "warn",
  starting: "warn",
};

export const meshSync = meshCheck({
  id,
  title,
  explain:
    "Every proxy should use what istiod last sent to it, across all istiods. Refused (NACK): Envoy does not accept it, the message is Envoy's, and the proxy keeps the previous configuration; usually because of an EnvoyFilter, or because the proxy lacks an extension. Stale: the proxy has not answered for more than 10 s, because it is overloaded, or its connection is broken. Something that was sent more recently is a warning, and so is a proxy that started less than a minute ago and is not connected yet. A type that was never sent, or that the proxy no longer subscribes to, is neither. Pods that are being deleted are skipped. Unconnected: the pod runs a proxy that no istiod knows. If an istiod does not answer, the proxies that no other one knows are unknown. `istioctl proxy-status` shows the same.",
  async run(context) {
    const { mesh, kube, kubectl, now } = context;
    const [planes, pods, ending] = await Promise.all([mesh.controlPlanes(), mesh.pods(), mesh.ending()]);
    const proxies = proxiesOf({ planes, pods, ending, namespace: kube.namespace?.name, now: now() });
    const troubled = foldAlike(
      proxies.filter(({ state }) => state !== "synced"),
      (proxy) => `${proxy.state} ${withoutAge(proxy)}`,
    );
    const findings = troubled.map((alike) => toFinding(alike, planes.length === 0, kubectl));
    const count = proxies.filter(({ state }) => state === "synced").length;
    const nothing = `no pod${whereIn(context)} has a running proxy: there is nothing to check`;
    return withWell(findings, {
      id,
      count,
      one: "proxy",
      many: title,
      summary: count === proxies.length && count > 1 ? "all in sync" : "in sync",
      none: nothingIn({ id, subject: title, summary: nothing }, context),
    });
  },
});

function toFinding(alike: readonly [Proxy, ...Proxy[]], withoutIstiod: boolean, kubectl: string): CheckFinding {
  const [first] = alike;
  const { state } = first;
  const names = alike.map(({ pod }) => pod);
  const [namespace, name] = first.pod.split("/");
  const isSymptom = state === "unknown" || (state === "unconnected" && withoutIstiod);
  const severity = severities[state] ?? "fail";
  return {
    id,
    severity,
    ...(severity === "unknown" ? { obstacle: "unreachable" } : {}),
    subject: enumerate(names, "proxy", "proxies"),
    summary: `${withoutAge(first)}${sinceWhen(alike)}`,
    fix: `${kubectl} -n ${namespace} logs ${name} -c istio-proxy --tail=50`,
    ...(isSymptom ? { symptomOf: { id: "mesh/istiod", about: controlPlane } } : {}),
    evidence: { proxies: names, resources: troubledIn(first) },
  };
}

function withoutAge(proxy: Proxy): string {
  const types = troubledIn(proxy).map(({ type }) => type);
  switch (proxy.state) {
    case "refused":
      return troubledIn(proxy)
        .map(({ type, error = "" }) => `refuses its ${type}: ${short(error)}`)
        .join("; ");
    case "stale":
      return `has not acknowledged the ${types.join(", ")} that istiod sent`;
    case "pending":
      return `was just sent ${types.join(", ")}`;
    case "starting":
      return "has just started and is not connected to an istiod yet";
    case "unknown":
      return "connected to none of the istiods that answer";
    default:
      return "not connected to any istiod";
  }
}

/**
 * Shortens an error. Envoy repeats itself for every cluster or listener that it refuses; the evidence contains all of
 * it.
 */
function short(error: string): string {
  return error.length <= 300 ? error : `${error.slice(0, 300)}…`;
}

function troubledIn({ state, resources }: Proxy): readonly ProxyResource[] {
  return resources.filter((each) => each.state === state);
}

/** Returns the longest time since something was sent; empty if none is known. */
function sinceWhen(alike: readonly Proxy[]): string {
  const ages = alike.flatMap((proxy) => troubledIn(proxy).flatMap(({ ageMs }) => ageMs ?? []));
  return ages.length === 0 ? "" : ` (sent ${formatDuration(Math.max(...ages))} ago)`;
}
