import type { CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import { foldAlike } from "../fold-alike.ts";
import { type RuledCall, ruledCalls, calleeTakesMutualTlsOnly } from "../mesh/client-tls.ts";
import { withWell } from "../with-well.ts";

const id = "mesh/client-tls";
const title = "callers' TLS";

export const meshClientTls = breakerCheck({
  id,
  title,
  explain:
    "Between two proxies, Istio chooses mutual TLS by itself unless a DestinationRule sets tls.mode: DISABLE is plain text, SIMPLE and MUTUAL are TLS but not the mesh's. If the callee only accepts mutual TLS, each such call fails with 503. If it also accepts plain text, calls with DISABLE cross the network unencrypted although both sides have a proxy, which is a warning. Remove tls from the rule, or set it to ISTIO_MUTUAL. Only calls that were made are checked, to services whose pods all have a sidecar.",
  async run({ breakers, mesh }) {
    const [callers, pods, rules] = [await breakers.callers(), await mesh.pods(), await breakers.rules()];
    if (rules instanceof AppError) return [{ id, subject: title, ...unknownBecause(rules) }];
    const calls = ruledCalls(callers, pods, rules);
    const alike = foldAlike(calls, ({ caller, callee, rule, tls }) => [caller, callee, rule, tls].join(" "));
    // The modes of callees are only read if a rule sets a TLS mode.
    const mtls = alike.length === 0 ? undefined : await mesh.mtls();
    const findings = alike.flatMap(([call]) =>
      mtls === undefined ? [] : judge(call, calleeTakesMutualTlsOnly(call, mtls)),
    );
    return withWell(findings, {
      id,
      count: alike.length - findings.length,
      one: "call edge",
      summary: "with mutual TLS",
      none: "no rule sets the TLS mode of calls that were made: Istio chooses it",
    });
  },
});

function judge({ caller, callee, rule, tls }: RuledCall, isStrict: boolean): CheckFinding[] {
  const isPlain = tls === "DISABLE";
  if (tls === "ISTIO_MUTUAL" || (!isPlain && !isStrict)) return [];
  const sends = isPlain ? "plain text" : `TLS that is not the mesh's (${tls})`;
  const what = isStrict
    ? `sends ${sends} because of ${rule}, but the callee only accepts mutual TLS: its calls fail`
    : `sends ${sends} because of ${rule}, although both have proxies`;
  return [
    {
      id,
      severity: isStrict ? "fail" : "warn",
      subject: `${caller} → ${callee}`,
      summary: what,
      fix: `remove tls from ${rule}, or set tls.mode: ISTIO_MUTUAL`,
    },
  ];
}
