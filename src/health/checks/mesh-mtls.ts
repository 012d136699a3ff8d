import type { Finding } from "../../core/finding.ts";
import type { Mtls } from "../../k8s/istio/port.ts";
import { counted, foldAlike, listed } from "../fold-alike.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { isStrict, workloadsOf } from "../mesh/strictness.ts";

const id = "mesh/mtls";

interface Open {
  readonly workload: string;
  readonly mtls: Mtls;
}

export const meshMtls = meshCheck({
  id,
  title: "mutual TLS",
  explain:
    "Every workload with a sidecar should take mutual TLS only (STRICT, ADR-004). What holds for it is worked out from the PeerAuthentications as Istio does: the workload's own, else the namespace's, else the one in istio-system, else PERMISSIVE; of several at one level the oldest; ports as the workload's own says. PERMISSIVE and DISABLE let anybody who reaches the pod speak plain text to it. Gateways are left out: their Gateway objects decide. What is said here is what Istio was told; that a proxy uses it is said by mesh/sync.",
  async run({ mesh }) {
    const [pods, mtls] = await Promise.all([mesh.pods(), mesh.mtls()]);
    const inside = workloadsOf(pods, mtls).flatMap(({ workload, mtls: own }) =>
      own === undefined ? [] : [{ workload, mtls: own }],
    );
    const open = inside.filter((each) => !isStrict(each.mtls));
    const findings = foldAlike(open, ({ mtls: own }) => JSON.stringify(own)).map(toFinding);
    const strict = inside.length - open.length;
    if (strict === 0 && findings.length > 0) return findings;
    const subject = counted(strict, "workload");
    return [
      ...findings,
      { id, severity: "ok", subject, summary: `${strict === 1 ? "takes" : "take"} mutual TLS only` },
    ];
  },
});

function toFinding(alike: readonly [Open, ...Open[]]): Finding {
  const workloads = alike.map(({ workload }) => workload);
  const [{ mtls }] = alike;
  return {
    id,
    severity: "fail",
    subject: listed(workloads),
    summary: `${said(mtls)}, by ${mtls.from}`,
    fix: mtls.from.startsWith("PeerAuthentication")
      ? `set mode: STRICT in ${mtls.from}`
      : "apply a PeerAuthentication default in istio-system with mtls.mode: STRICT",
    evidence: { workloads, ...mtls },
  };
}

function said({ mode, ports }: Mtls): string {
  const open = Object.entries(ports).filter(([, each]) => each !== "STRICT");
  const onPorts = open.map(([port, each]) => `${each} on port ${port}`);
  return `mTLS is ${[...(mode === "STRICT" ? [] : [mode]), ...onPorts].join(", ")}: plain text is taken`;
}
