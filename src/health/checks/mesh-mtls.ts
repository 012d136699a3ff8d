import type { Finding } from "../../core/finding.ts";
import type { Mtls } from "../../k8s/istio/port.ts";
import { counted, foldAlike, listed } from "../fold-alike.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { isStrict, takesMutualTlsOnly, type WorkloadInMesh, workloadsOf } from "../mesh/strictness.ts";

const id = "mesh/mtls";

interface Told extends Pick<WorkloadInMesh, "workload" | "bypass"> {
  readonly mtls: Mtls;
}

export const meshMtls = meshCheck({
  id,
  title: "mutual TLS",
  explain:
    "Every workload with a sidecar should take mutual TLS only (STRICT, ADR-004). What holds for it is worked out from the PeerAuthentications as Istio does: the workload's own, else the namespace's, else the one in istio-system, else PERMISSIVE; of several at one level the oldest; ports as the workload's own says. PERMISSIVE and DISABLE let anybody who reaches the pod speak plain text to it. Ports that a pod's annotations keep from its proxy (traffic.sidecar.istio.io/excludeInboundPorts) take plain text whatever the policy. Gateways are left out: their Gateway objects decide. What is said here is what Istio was told; that a proxy uses it is said by mesh/sync.",
  async run({ mesh }) {
    const [pods, mtls] = await Promise.all([mesh.pods(), mesh.mtls()]);
    const inside = workloadsOf(pods, mtls).flatMap((each): Told[] =>
      each.mtls === undefined ? [] : [{ ...each, mtls: each.mtls }],
    );
    const open = inside.filter((each) => !isStrict(each.mtls));
    const beside = inside.filter((each) => each.bypass !== undefined);
    const findings = [
      ...foldAlike(open, ({ mtls: own }) => JSON.stringify(own)).map(permitting),
      ...foldAlike(beside, ({ bypass = "" }) => bypass).map(besideProxy),
    ];
    const strict = inside.filter(takesMutualTlsOnly).length;
    if (strict === 0 && findings.length > 0) return findings;
    const subject = counted(strict, "workload");
    return [
      ...findings,
      { id, severity: "ok", subject, summary: `${strict === 1 ? "takes" : "take"} mutual TLS only` },
    ];
  },
});

function permitting(alike: readonly [Told, ...Told[]]): Finding {
  const [{ mtls }] = alike;
  const openings = openingsOf(mtls);
  return failure(alike, mtls, {
    summary: `mTLS is ${openings.map(({ what, by }) => `${what} by ${by}`).join(", ")}`,
    fix: openings.map(({ fix }) => fix).join("; "),
  });
}

function besideProxy(alike: readonly [Told, ...Told[]]): Finding {
  const [{ bypass }] = alike;
  return failure(
    alike,
    { bypass },
    {
      summary: `connections to ${bypass} do not go through its proxy`,
      fix: "remove traffic.sidecar.istio.io/includeInboundPorts and excludeInboundPorts from its pod template's annotations",
    },
  );
}

function failure(
  alike: readonly [Told, ...Told[]],
  evidence: object,
  { summary, fix }: { readonly summary: string; readonly fix: string },
): Finding {
  const workloads = alike.map(({ workload }) => workload);
  return {
    id,
    severity: "fail",
    subject: listed(workloads),
    summary: `${summary}: plain text is taken`,
    fix,
    evidence: { workloads, ...evidence },
  };
}

interface Opening {
  readonly what: string;
  readonly by: string;
  readonly fix: string;
}

function openingsOf({ mode, from, ports, portsFrom = from }: Mtls): readonly Opening[] {
  const isDefault = !from.startsWith("PeerAuthentication");
  const fix = isDefault
    ? "apply a PeerAuthentication default in istio-system with mtls.mode: STRICT"
    : `set mode: STRICT in ${from}`;
  const onPorts = Object.entries(ports)
    .filter(([, each]) => each !== "STRICT" && each !== mode)
    .map(([port, each]) => ({
      what: `${each} on port ${port}`,
      by: portsFrom,
      fix: `take port ${port} out of portLevelMtls in ${portsFrom}`,
    }));
  return [...(mode === "STRICT" ? [] : [{ what: mode, by: from, fix }]), ...onPorts];
}
