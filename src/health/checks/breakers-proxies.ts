import type { Finding } from "../../core/finding.ts";
import { breakersTimeoutMs, proxyKey, silentIn } from "../breakers/breaker-check.ts";
import { counted, enumerate } from "../fold-alike.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { fullName, silences, type SilentPod } from "../silent-pods.ts";

const id = "breakers/proxies";

export const breakersProxies = meshCheck({
  id,
  title: "callers' proxies",
  explain:
    "Breakers live in each caller's proxy, and nowhere else: every running proxy is asked by its admin interface, through a port-forward (which needs the right to get and create pods/portforward). What a proxy knows that does not answer is unknown; the others are judged all the same.",
  timeoutMs: breakersTimeoutMs,
  async run({ breakers }) {
    const callers = await breakers.callers();
    const silent = silentIn(callers);
    const pods = silent.map(({ pod: { object }, error }) => {
      const { namespace = "default", name } = object.metadata;
      return { namespace, name, error };
    });
    const subject = (alike: readonly SilentPod[]): string => enumerate(alike.map(fullName), "proxy", "proxies");
    const findings = silences(pods, subject, (pod) => proxyKey(fullName(pod))).map((each): Finding => ({
      id,
      ...each,
    }));
    const well = callers.length - silent.length;
    if (well === 0 && findings.length > 0) return findings;
    const summary = well === 1 ? "answers" : "answer";
    return [...findings, { id, severity: "ok", subject: counted(well, "proxy", "proxies"), summary }];
  },
});
