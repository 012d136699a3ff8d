import type { CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import { foldAlike } from "../fold-alike.ts";
import { type RuledCall, ruledCalls, takesMutualTlsOnly } from "../mesh/client-tls.ts";
import { withWell } from "../with-well.ts";

const id = "mesh/client-tls";
const title = "callers' TLS";

export const meshClientTls = breakerCheck({
  id,
  title,
  explain:
    "Between two proxies Istio chooses mutual TLS by itself, unless a DestinationRule says how to speak: tls.mode DISABLE is plain text, SIMPLE and MUTUAL are other TLS than the mesh's. Where the callee takes mutual TLS only, each such call fails with 503; where it takes plain text too, calls with DISABLE cross the network unencrypted though both sides have a proxy, a warning. Leave tls out of the rule, or say ISTIO_MUTUAL. Only calls that were made are looked at, to services whose pods all have a sidecar.",
  async run({ breakers, mesh }) {
    const [callers, pods, rules] = [await breakers.callers(), await mesh.pods(), await breakers.rules()];
    if (rules instanceof AppError) return [{ id, subject: title, ...unknownBecause(rules) }];
    const calls = ruledCalls(callers, pods, rules);
    const alike = foldAlike(calls, ({ caller, callee, rule, tls }) => [caller, callee, rule, tls].join(" "));
    // How callees take calls is not asked where no rule says how to speak.
    const mtls = alike.length === 0 ? undefined : await mesh.mtls();
    const findings = alike.flatMap(([call]) => (mtls === undefined ? [] : judge(call, takesMutualTlsOnly(call, mtls))));
    return withWell(findings, {
      id,
      count: alike.length - findings.length,
      one: "call edge",
      summary: "its rule says mutual TLS",
      none: "no rule says how a call that was made speaks: Istio chooses",
    });
  },
});

function judge({ caller, callee, rule, tls }: RuledCall, isStrict: boolean): CheckFinding[] {
  const isPlain = tls === "DISABLE";
  if (tls === "ISTIO_MUTUAL" || (!isPlain && !isStrict)) return [];
  const sends = isPlain ? "plain text" : `TLS that is not the mesh's (${tls})`;
  const what = isStrict
    ? `sends ${sends} by ${rule}, and the callee takes mutual TLS only: its calls fail`
    : `sends ${sends} by ${rule}, though both have proxies`;
  return [
    {
      id,
      severity: isStrict ? "fail" : "warn",
      subject: `${caller} → ${callee}`,
      summary: what,
      fix: `leave tls out of ${rule}, or set tls.mode: ISTIO_MUTUAL`,
    },
  ];
}
