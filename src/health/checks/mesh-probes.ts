import type { CheckFinding } from "../../core/check.ts";
import type { DirectProbe } from "../../istio/direct-probes.ts";
import { isIntercepted } from "../../istio/interception.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import { meshCheck, nothingIn, whereIn } from "../mesh/mesh-check.ts";
import { sayWorkload, workloadOf } from "../mesh/mesh-workload.ts";
import type { MtlsReads } from "../mesh/mtls-reads.ts";
import { withWell } from "../with-well.ts";
import { workloadKey } from "../../core/kubernetes/workload.ts";
import { counted } from "../../core/enumerate.ts";

const id = "mesh/probes";
const title = "probes";

/** A probe that the pod's own proxy refuses. */
interface Refused {
  readonly pod: MeshPod;
  readonly probe: DirectProbe;
  /** The policy that sets mutual TLS to STRICT on its port. */
  readonly by: string;
}

export const meshProbes = meshCheck({
  id,
  title,
  explain:
    "The kubelet sends probes to a pod in plain text. Istio's injector rewrites probes so that Istio's agent sends them. A probe that was not rewritten reaches the proxy, which refuses it if mutual TLS is STRICT, so that the container never becomes ready or is restarted forever. This happens if the pod has the annotation sidecar.istio.io/rewriteAppHTTPProbers: \"false\", and for a container that another webhook adds after Istio's, such as a second sidecar. Make that webhook run before Istio's (or Istio's again: reinvocationPolicy: IfNeeded), exclude the port from the proxy with traffic.sidecar.istio.io/excludeInboundPorts, or use exec probes. Only containers that are not ready are checked; the finding of their workload is a symptom of this one.",
  async run(context) {
    const { mesh } = context;
    const [pods, mtls] = await Promise.all([mesh.pods(), mesh.mtls()]);
    const inside = pods.filter(({ proxy }) => proxy === "sidecar");
    const refused = inside.flatMap((pod) => refusedOf(pod, mtls));
    const findings = foldAlike(refused, ({ pod, probe: { container, what, port }, by }) =>
      [sayWorkload(workloadOf(pod)), container, what, port, by].join(" "),
    ).map((alike) => toFinding(alike, inside));
    const nothing = `no pod${whereIn(context)} has a sidecar: there is nothing to check`;
    return withWell(findings, {
      id,
      count: inside.filter((pod) => !refused.some((each) => each.pod === pod)).length,
      one: "pod",
      summary: "no kubelet probe is refused",
      none: nothingIn({ id, subject: title, summary: nothing }, context),
    });
  },
});

function refusedOf(pod: MeshPod, { of, settings }: MtlsReads): readonly Refused[] {
  if (pod.unpassed.length === 0) return [];
  const { mode, ports, from, portsFrom = from } = of(pod);
  return pod.unpassed
    .filter(({ port }) => (ports[port] ?? mode) === "STRICT")
    .filter(({ port }) => isIntercepted(pod.interception, port, settings.interceptionMode))
    .map((probe) => ({ pod, probe, by: ports[probe.port] === undefined ? from : portsFrom }));
}

function toFinding(alike: readonly [Refused, ...Refused[]], inside: readonly MeshPod[]): CheckFinding {
  const [{ pod, probe, by }] = alike;
  const { container, what, port } = probe;
  const workload = workloadOf(pod);
  const subject = sayWorkload(workload);
  const all = inside.filter((each) => sayWorkload(workloadOf(each)) === subject).length;
  const part = alike.length === all ? "" : ` in ${alike.length} of its ${counted(all, "pod")}`;
  return {
    id,
    severity: "fail",
    subject,
    about: [workloadKey(workload.kind, workload.namespace, workload.name)],
    summary: `its proxy refuses the kubelet's ${what} probe of container ${container}${part}: it is plain text to port ${port}, where mTLS is STRICT (${by}), and Istio has not rewritten it`,
    fix: `annotate its pod template with traffic.sidecar.istio.io/excludeInboundPorts: "${port}", or have Istio rewrite the probe (gennet explain ${id})`,
    evidence: { probe, pods: alike.map((each) => each.pod.object.metadata.name) },
  };
}

/** Returns the cause of a workload that is not ready, if this check finds that its probes are refused. */
export function probesOf(workload: string): NonNullable<CheckFinding["symptomOf"]> {
  return { id, about: workload };
}
