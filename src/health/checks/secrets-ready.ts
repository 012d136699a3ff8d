import type { Check, CheckFinding } from "../../core/check.ts";
import type { ExternalSecret } from "../../k8s/external-secrets/port.ts";
import { ofComponent } from "../components/component-reads.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { storeOf } from "../secret-reads.ts";
import { withWell } from "../with-well.ts";
import { withoutRequestId } from "../without-request-id.ts";
import { storeKey } from "./secrets-store.ts";
import { enumerate } from "../../core/enumerate.ts";

const id = "secrets/ready";

export const secretsReady: Check<HealthContext> = {
  id,
  title: "ExternalSecrets",
  explain:
    "Every ExternalSecret should be ready: External Secrets has read its store and written the Kubernetes Secret. If one is not ready, its Kubernetes Secret keeps its values, so that running pods continue; a new value does not arrive, and a pod whose Secret was never written does not start. The message is External Secrets'. An ExternalSecret that has no status yet is a warning: its operator may not be running.",
  needs: ["cluster/api", "platform/external-secrets"],
  async run({ secrets, kubectl }) {
    const all = await secrets.externals();
    const unready = all.filter(({ ready }) => ready !== true);
    const stores = unready.length === 0 ? [] : await secrets.stores();
    /** The stores that it reads and that are not ready, of which it is a symptom. */
    const brokenStore = (external: ExternalSecret): string | undefined => {
      const used = external.sources.map(({ store }) => storeOf(store, external, stores));
      const broken = used.find((store) => store?.ready === false);
      return broken && storeKey(broken);
    };
    const likeness = (external: ExternalSecret): string =>
      brokenStore(external) ?? `${external.ready} ${withoutRequestId(reason(external))}`;
    const findings = foldAlike(unready, likeness).map((group): CheckFinding => {
      const [{ namespace, name, ready }] = group;
      const names = group.map(fullNameOf);
      const fix = `${kubectl} -n ${namespace} describe externalsecret ${name}`;
      const subject = enumerate(names, "externalsecret");
      const severity = ready === false ? "fail" : "warn";
      const store = brokenStore(group[0]);
      const cause = store === undefined ? ofComponent("external-secrets") : { id: "secrets/store", about: store };
      const symptomOf = store !== undefined || ready !== false ? { symptomOf: cause } : {};
      return {
        id,
        severity,
        subject,
        about: group.map(externalKey),
        summary: `not ready: ${reason(group[0])}`,
        fix,
        ...symptomOf,
        evidence: { names },
      };
    });
    const count = all.length - unready.length;
    return withWell(findings, { id, count, one: "ExternalSecret", summary: "ready", none: "there are none here" });
  },
};

/** Returns the key of an ExternalSecret in findings. */
export function externalKey(external: Pick<ExternalSecret, "namespace" | "name">): string {
  return `externalsecret ${fullNameOf(external)}`;
}

function fullNameOf({ namespace, name }: Pick<ExternalSecret, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

function reason({ ready, reason: told = "" }: ExternalSecret): string {
  return ready === false ? told : "External Secrets has not reconciled it yet";
}
