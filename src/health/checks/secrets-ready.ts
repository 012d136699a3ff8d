import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import { enumerate } from "../../core/enumerate.ts";

const id = "secrets/ready";

export const secretsReady: Check<HealthContext> = {
  id,
  title: "ExternalSecrets",
  explain:
    "Every ExternalSecret should be ready: External Secrets has read its store and written the Kubernetes Secret. If one is not ready, its Kubernetes Secret keeps its values, so that running pods continue; a new value does not arrive, and a pod whose Secret was never written does not start. The message is External Secrets'. An ExternalSecret that has no status yet is a warning: its operator may not be running.",
  needs: ["cluster/api"],
  async run({ secrets, kubectl }) {
    const all = await secrets.externals();
    const unready = all.filter(({ ready }) => ready !== true);
    const reason = (external: (typeof all)[number]): string =>
      external.ready === false ? (external.reason ?? "") : "External Secrets has not reconciled it yet";
    const findings = foldAlike(unready, reason).map((group): Finding => {
      const [{ namespace, name, ready }] = group;
      const names = group.map((external) => `${external.namespace}/${external.name}`);
      const fix = `${kubectl} -n ${namespace} describe externalsecret ${name}`;
      const subject = enumerate(names, "externalsecret");
      const severity = ready === false ? "fail" : "warn";
      return { id, severity, subject, summary: `not ready: ${reason(group[0])}`, fix, evidence: { names } };
    });
    const count = all.length - unready.length;
    return withWell(findings, { id, count, one: "ExternalSecret", summary: "ready", none: "there are none here" });
  },
};
