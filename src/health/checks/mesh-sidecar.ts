import type { Finding } from "../../core/finding.ts";
import { counted } from "../../core/enumerate.ts";
import { meshCheck, nothingIn, whereIn } from "../mesh/mesh-check.ts";
import { type WorkloadInMesh, workloadsOf } from "../mesh/strictness.ts";
import { withWell } from "../with-well.ts";

const id = "mesh/sidecar";
const title = "sidecars";
const restartable = /^(deployment|statefulset|daemonset) /;

export const meshSidecar = meshCheck({
  id,
  title,
  explain:
    "A pod for which Istio's injection is enabled should have a proxy: its namespace has the label istio-injection=enabled or istio.io/rev or, if the namespace has neither, the pod itself has sidecar.istio.io/inject=true or istio.io/rev. sidecar.istio.io/inject=false and host networking exempt a pod. A pod without a proxy sends plain text, is refused by strict mTLS, and has no breaker. Usually it is older than the label, or was created while the injection webhook did not answer: a restart fixes it.",
  async run(context) {
    const { mesh, kubectl } = context;
    const pods = await mesh.pods();
    const lacking = workloadsOf(pods, undefined).filter(({ missing }) => missing.length > 0);
    if (lacking.length > 0) return lacking.map((each) => toFinding(each, kubectl));
    const inside = pods.filter(({ proxy }) => proxy !== undefined).length;
    const fix = `${kubectl} get namespaces -L istio-injection -L istio.io/rev`;
    const nothing = `no pod${whereIn(context)} is in the mesh, and none should be`;
    const none = nothingIn({ id, subject: title, summary: nothing, fix }, context);
    return withWell([], { id, count: inside, one: "pod", summary: "in the mesh, and none is missing", none });
  },
});

function toFinding({ workload, pods, missing, wanted }: WorkloadInMesh, kubectl: string): Finding {
  const [kind = "", path = ""] = workload.split(" ");
  const [namespace, name] = path.split("/");
  return {
    id,
    severity: "fail",
    subject: workload,
    summary: `${missing.length} of its ${counted(pods, "pod")} ${missing.length === 1 ? "has" : "have"} no sidecar, although ${wanted} requests one`,
    fix: restartable.test(workload)
      ? `${kubectl} -n ${namespace} rollout restart ${kind}/${name}`
      : `${kubectl} -n ${namespace} delete pod ${missing[0]}  # then have it created again`,
    evidence: { pods: missing },
  };
}
