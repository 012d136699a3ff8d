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
    "Every pod with a sidecar should only accept mutual TLS (STRICT, ADR-004). The check determines its mode from the PeerAuthentications like Istio: the workload's own, otherwise the namespace's, otherwise the one in the root namespace (rootNamespace of MeshConfig, istio-system by default), otherwise PERMISSIVE; of several at one level the oldest; ports of the container as the workload's own policy sets them. With PERMISSIVE and DISABLE, anyone who can reach the pod can connect in plain text. The same applies to connections that bypass the proxy, whatever the policy: all of them with interceptionMode NONE (annotation sidecar.istio.io/interceptionMode or proxy.istio.io/config, or meshConfig.defaultConfig), and ports that traffic.sidecar.istio.io/excludeInboundPorts or includeInboundPorts, or the same settings of the installation, exclude. For running pods, these settings are read from the arguments of istio-init and the proxy's environment. Entries of portLevelMtls for the port of a Service, if the container has a different one, are a warning, because they have no effect. Callers of a headless Service cannot know a workload's own mode, only its namespace's: calls to a port with a different mode fail. Gateways and waypoints are skipped, because their Gateway objects decide. Pods in the ambient mesh and gRPC services without a proxy are unknown. This check shows how Istio is configured; mesh/sync shows whether proxies use it.",
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
    const nothing = `no pod${whereIn(context)} has a sidecar: there is nothing to check`;
    return withWell(findings, {
      id,
      count: strict,
      one: "workload",
      summary: `only ${strict === 1 ? "accepts" : "accept"} mutual TLS`,
      none: nothingIn({ id, subject: title, summary: nothing }, context),
    });
  },
});

function permitting(alike: readonly [Judged, ...Judged[]]): Finding {
  const [first] = alike;
  const openings = openingsOf(first.mtls);
  return failure(alike, {
    summary: `mTLS is ${openings.map(({ what, by }) => `${what} (${by})`).join(", ")}`,
    fix: openings.map(({ fix }) => fix).join("; "),
  });
}

function besideProxy(alike: readonly [Judged, ...Judged[]]): Finding {
  const [{ bypass, bypassBy = "" }] = alike;
  return failure(alike, {
    summary: `connections to ${bypass} bypass its proxy (${bypassBy})`,
    fix: `${bypassFix(bypassBy)}, and restart it`,
  });
}

/** A port without effect opens nothing: it is reported, but does not count as open. */
function straying(alike: readonly [Judged, ...Judged[]]): Finding {
  const [{ mtls }] = alike;
  const { stray = [], portsFrom = mtls.from } = mtls;
  const each = stray.map(
    ({ port, service, target }) => `${port} is the port of Service ${service}, but the container's is ${target}`,
  );
  return {
    id,
    severity: "warn",
    subject: listed(alike.map(({ workload }) => workload)),
    summary: `portLevelMtls in ${portsFrom} has no effect: ${each.join("; ")}`,
    fix: stray.map(({ port, target }) => `use port ${target} instead of ${port} in ${portsFrom}`).join("; "),
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
      summary: `callers of headless Service ${service} send ${sent} to port ${port}, which only accepts ${taken} (${portsFrom ?? from}): these calls fail`,
      fix: `add a DestinationRule for ${service} with tls.mode: ${mode === "DISABLE" ? "DISABLE" : "ISTIO_MUTUAL"} for that port, or set the port to its namespace's mode`,
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
    summary: `${summary}: plain text is accepted${partOf(first)}`,
    fix,
    evidence: { workloads, mtls, bypass, pods: alike.flatMap(({ open = [] }) => open) },
  };
}

/** Returns which part of the pods accept plain text; empty if all do. */
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
      fix: `remove port ${port} from portLevelMtls in ${portsFrom}`,
    }));
  return [...(mode === "STRICT" ? [] : [{ what: mode, by: from, fix }]), ...onPorts];
}
