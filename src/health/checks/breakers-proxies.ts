import type { Finding } from "../../core/finding.ts";
import { breakersTimeoutMs, noProxy, proxyKey, silentIn } from "../breakers/breaker-check.ts";
import { enumerate } from "../../core/enumerate.ts";
import { meshCheck, nothingIn, whereIn } from "../mesh/mesh-check.ts";
import { fullName, silences, type SilentPod } from "../silent-pods.ts";
import { withWell } from "../with-well.ts";

const id = "breakers/proxies";
const title = "callers' proxies";

export const breakersProxies = meshCheck({
  id,
  title,
  explain:
    "Breakers only exist in the proxy of each caller. Every running proxy is asked through its admin interface, with a port-forward (which needs permission to get and create pods/portforward). If a proxy does not answer, the state of its breakers is unknown; the others are still checked.",
  timeoutMs: breakersTimeoutMs,
  async run(context) {
    const callers = await context.breakers.callers();
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
    const count = callers.length - silent.length;
    const nothing = `no pod${whereIn(context)} has a running proxy to ask`;
    return withWell(findings, {
      id,
      count,
      one: "proxy",
      many: "proxies",
      summary: count === 1 ? "answers" : "answer",
      none: { ...nothingIn({ id, subject: title, summary: nothing }, context), about: [noProxy] },
    });
  },
});
