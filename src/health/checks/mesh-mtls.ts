import type { Finding } from "../../core/finding.ts";
import { bypassFix } from "../../istio/interception.ts";
import type { Mtls } from "../../istio/peer-authentication.ts";
import { foldAlike } from "../fold-alike.ts";
import { meshCheck, nothingIn, whereIn } from "../mesh/mesh-check.ts";
import type { PodMtls } from "../mesh/mtls-reads.ts";
import { isStrict, type WorkloadInMesh, workloadsOf } from "../mesh/strictness.ts";
import { withWell } from "../with-well.ts";
import { listed, counted } from "../../core/enumerate.ts";

const id = "mesh/mtls";
const title = "mutual TLS";

interface Judged extends WorkloadInMesh {
  readonly mtls: PodMtls;
}

export const meshMtls = meshCheck({
  id,
  title,
  explain:
    "Every pod with a sidecar should take mutual TLS only (STRICT, ADR-004). What holds for it is worked out from the PeerAuthentications as Istio does: the workload's own, else the namespace's, else the one in the root namespace (rootNamespace of MeshConfig, istio-system by default), else PERMISSIVE; of several at one level the oldest; ports of the container as the workload's own policy sets them. PERMISSIVE and DISABLE let anyone who reaches the pod speak plain text to it. So do connections that never reach the proxy, whatever the policy: all of them with interceptionMode NONE (annotation sidecar.istio.io/interceptionMode or proxy.istio.io/config, or meshConfig.defaultConfig), and ports that traffic.sidecar.istio.io/excludeInboundPorts or includeInboundPorts, or the same settings of the installation, keep from it. For running pods this is read from what was set up: the arguments of istio-init and the proxy's environment. Entries of portLevelMtls for the port of a Service, where the container has another one, are a warning: they have no effect. For a headless Service callers cannot know a workload's own mode, only its namespace's: a port where the two differ fails its callers. Gateways and waypoints are passed over, because their Gateway objects decide. Pods in the ambient mesh and gRPC services without a proxy are unknown. This is what Istio was told; mesh/sync shows whether proxies use it.",
  async run(context) {
    const { mesh } = context;
    const [pods, mtls] = await Promise.all([mesh.pods(), mesh.mtls()]);
    const all = workloadsOf(pods, mtls);
    const inside = all.flatMap((each): Judged[] => (each.mtls === undefined ? [] : [{ ...each, mtls: each.mtls }]));
    const unjudged = all.filter((each) => each.unjudged !== undefined);
    const findings = [
      ...foldAlike(
        inside.filter((each) => !isStrict(each.mtls)),
        (each) => JSON.stringify([each.mtls, partOf(each)]),
      ).map(permitting),
      ...foldAlike(
        inside.filter((each) => each.bypass !== undefined),
        (each) => `${each.bypass} ${each.bypassBy} ${partOf(each)}`,
      ).map(besideProxy),
      ...inside.flatMap(clashing),
      ...foldAlike(
        inside.filter(({ mtls: own }) => own.stray !== undefined),
        ({ mtls: own }) => JSON.stringify([own.stray, own.portsFrom]),
      ).map(straying),
      ...foldAlike(unjudged, (each) => each.unjudged ?? "").map(notJudged),
    ];
    const strict = inside.filter(({ open }) => open === undefined).length;
    const nothing = `no pod${whereIn(context)} has a sidecar: there is nothing to judge`;
    return withWell(findings, {
      id,
      count: strict,
      one: "workload",
      summary: `${strict === 1 ? "takes" : "take"} mutual TLS only`,
      none: nothingIn({ id, subject: title, summary: nothing }, context),
    });
  },
});

function permitting(alike: readonly [Judged, ...Judged[]]): Finding {
  const [first] = alike;
  const openings = openingsOf(first.mtls);
  return failure(alike, {
    summary: `mTLS is ${openings.map(({ what, by }) => `${what} by ${by}`).join(", ")}`,
    fix: openings.map(({ fix }) => fix).join("; "),
  });
}

function besideProxy(alike: readonly [Judged, ...Judged[]]): Finding {
  const [{ bypass, bypassBy = "" }] = alike;
  return failure(alike, {
    summary: `connections to ${bypass} do not go through its proxy (${bypassBy})`,
    fix: `${bypassFix(bypassBy)}, and restart it`,
  });
}

/** What has no effect opens nothing: it is told, and not counted as open. */
function straying(alike: readonly [Judged, ...Judged[]]): Finding {
  const [{ mtls }] = alike;
  const { stray = [], portsFrom = mtls.from } = mtls;
  const each = stray.map(
    ({ port, service, target }) => `${port} is the port of Service ${service}, its container's is ${target}`,
  );
  return {
    id,
    severity: "warn",
    subject: listed(alike.map(({ workload }) => workload)),
    summary: `portLevelMtls in ${portsFrom} has no effect: ${each.join("; ")}`,
    fix: stray.map(({ port, target }) => `name port ${target} instead of ${port} in ${portsFrom}`).join("; "),
    evidence: { stray },
  };
}

function clashing({ workload, mtls: { clashes = [], portsFrom, from } }: Judged): Finding[] {
  return clashes.map(({ service, port, mode }) => {
    const [sent, taken] = mode === "DISABLE" ? ["mutual TLS", "plain text"] : ["plain text", "mutual TLS"];
    return {
      id,
      severity: "fail",
      subject: workload,
      summary: `callers of headless Service ${service} send ${sent} to port ${port}, which takes ${taken} only by ${portsFrom ?? from}: these calls fail`,
      fix: `add a DestinationRule for ${service} with tls.mode: ${mode === "DISABLE" ? "DISABLE" : "ISTIO_MUTUAL"} for that port, or give the port its namespace's mode`,
      evidence: { clashes },
    };
  });
}

function failure(
  alike: readonly [Judged, ...Judged[]],
  { summary, fix }: { readonly summary: string; readonly fix: string },
): Finding {
  const [first] = alike;
  const workloads = alike.map(({ workload }) => workload);
  const { mtls, bypass } = first;
  return {
    id,
    severity: "fail",
    subject: listed(workloads),
    summary: `${summary}: plain text is taken${partOf(first)}`,
    fix,
    evidence: { workloads, mtls, bypass, pods: alike.flatMap(({ open = [] }) => open) },
  };
}

/** Nothing where all of its pods do. */
function partOf({ open = [], pods }: WorkloadInMesh): string {
  return open.length === pods ? "" : ` by ${open.length} of its ${counted(pods, "pod")}`;
}

function notJudged(alike: readonly [WorkloadInMesh, ...WorkloadInMesh[]]): Finding {
  const workloads = alike.map(({ workload }) => workload);
  const [{ unjudged = "" }] = alike;
  return {
    id,
    severity: "unknown",
    obstacle: "unreachable",
    subject: listed(workloads),
    summary: unjudged,
    evidence: { workloads },
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
    ? "apply a PeerAuthentication default in the root namespace (istio-system) with mtls.mode: STRICT"
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
