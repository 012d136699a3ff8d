import type { Finding } from "../../core/finding.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { breakersTimeoutMs, silentIn } from "../breakers/breaker-check.ts";
import { counted, enumerate, foldAlike } from "../fold-alike.ts";
import { meshCheck } from "../mesh/mesh-check.ts";
import { podName } from "../mesh/mesh-workload.ts";

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
    const findings = foldAlike(silent, ({ pod, error }) => error.message.replaceAll(podName(pod), "")).map(
      (alike): Finding => {
        const pods = alike.map(({ pod }) => podName(pod));
        const unknown = unknownBecause(alike[0].error);
        return {
          id,
          subject: enumerate(pods, "proxy", "proxies"),
          ...unknown,
          evidence: { ...unknown.evidence, pods },
        };
      },
    );
    const well = callers.length - silent.length;
    if (well === 0 && findings.length > 0) return findings;
    const subject = counted(well, "proxy", "proxies");
    return [...findings, { id, severity: "ok", subject, summary: well === 1 ? "answers" : "answer" }];
  },
});
