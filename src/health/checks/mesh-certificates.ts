import { formatDuration } from "../../core/duration.ts";
import type { CheckFinding } from "../../core/check.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import type { Caller } from "../breakers/callers.ts";
import { foldAlike } from "../fold-alike.ts";
import { podName } from "../mesh/mesh-workload.ts";
import { withWell } from "../with-well.ts";
import { enumerate } from "../../core/enumerate.ts";

const id = "mesh/certificates";

/** Proxies renew a certificate after half of its time; one with less than this share left was not renewed. */
const leastShare = 0.2;

type State = "expired" | "late";

interface Judged {
  readonly caller: Caller;
  readonly state: State;
  readonly until: number;
}

export const meshCertificates = breakerCheck({
  id,
  title: "certificates",
  explain:
    "A proxy identifies itself with a certificate of the mesh, which istiod signs for 24 hours and the proxy's agent renews after half of that time. A proxy with an expired certificate may still be in sync with istiod, but each call that it makes or receives with mutual TLS fails. A certificate with less than a fifth of its time left was not renewed, which is a warning: check the proxy's log for failed requests to the certificate authority, and check the root certificate of istiod. Restarting the pod gets a new certificate as soon as istiod signs again. The certificate is read from the proxy's admin interface (/certs), and a proxy without a certificate of the mesh is not checked.",
  async run({ breakers, kubectl, now }) {
    const callers = await breakers.callers();
    const judged = callers.flatMap((caller): Judged[] => {
      const state = stateOf(caller.certificate, now());
      return state === undefined ? [] : [{ caller, state, until: caller.certificate?.until ?? 0 }];
    });
    const findings = foldAlike(judged, ({ state }) => state).map((alike) => toFinding(alike, now(), kubectl));
    return withWell(findings, {
      id,
      count: callers.filter(({ certificate }) => certificate !== undefined).length - judged.length,
      one: "certificate",
      summary: "valid, and renewed in time",
      none: "no proxy that answers has a certificate of the mesh",
    });
  },
});

function stateOf(certificate: Caller["certificate"], now: number): State | undefined {
  if (certificate === undefined) return undefined;
  const { from, until } = certificate;
  if (until <= now) return "expired";
  return until - now < leastShare * (until - from) ? "late" : undefined;
}

function toFinding(alike: readonly [Judged, ...Judged[]], now: number, kubectl: string): CheckFinding {
  const [{ caller, state }] = alike;
  const names = alike.map((each) => podName(each.caller.pod));
  const { namespace, name } = caller.pod.object.metadata;
  const first = Math.min(...alike.map(({ until }) => until));
  return {
    id,
    severity: state === "expired" ? "fail" : "warn",
    subject: enumerate(names, "proxy", "proxies"),
    summary:
      state === "expired"
        ? `certificate expired ${formatDuration(now - first)} ago: calls with mutual TLS fail`
        : `certificate was not renewed, and expires in ${formatDuration(first - now)}`,
    fix: `${kubectl} -n ${namespace} logs ${name} -c istio-proxy --tail=50`,
    evidence: { proxies: names },
  };
}
