import type { Check, CheckFinding } from "../../core/check.ts";
import { enumerate } from "../../core/enumerate.ts";
import { shell } from "../../core/shell-words.ts";
import type { ExternalStore } from "../../k8s/external-secrets/port.ts";
import { ofComponent } from "../components/component-reads.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import { withoutRequestId } from "../without-request-id.ts";

const id = "secrets/store";

export const secretsStore: Check<HealthContext> = {
  id,
  title: "secret stores",
  explain:
    "Every SecretStore and ClusterSecretStore should be ready: External Secrets has got credentials for it. If one is not, no ExternalSecret that reads it is synced; they are shown as its symptoms, and their Kubernetes Secrets keep their values. With EKS Pod Identity, check the role of the association: that it exists, and that its trust policy allows pods.eks.amazonaws.com. `gennet region plan` shows what differs from what bootstrap created. External Secrets validates a store again every five minutes, so that the state may be that old.",
  needs: ["cluster/api", "platform/external-secrets"],
  async run({ secrets, kube, kubectl, components }) {
    const stores = await secrets.stores();
    const all = stores.filter(
      ({ namespace }) => namespace === undefined || kube.namespace === undefined || namespace === kube.namespace.name,
    );
    const unready = all.filter(({ ready }) => ready !== true);
    // Where gennet.yaml expects no External Secrets, stores may be there before it.
    const isExpected = components.expected("external-secrets") !== undefined;
    const mayBeAbsent = !isExpected && stores.every(({ ready }) => ready === undefined);
    const findings = foldAlike(unready, likeness).map((group): CheckFinding => {
      const [first] = group;
      const names = group.map(shownName);
      return {
        id,
        severity: first.ready === false ? "fail" : mayBeAbsent ? "skip" : "warn",
        subject: enumerate(names, "store"),
        about: group.map(storeKey),
        summary: reasonOf(first),
        fix: `${kubectl} ${describing(first)}`,
        ...(first.ready === undefined ? { symptomOf: ofComponent("external-secrets") } : {}),
        evidence: { names },
      };
    });
    const count = all.length - unready.length;
    return withWell(findings, { id, count, one: "store", summary: "ready", none: "there are none here" });
  },
};

type NamedStore = Pick<ExternalStore, "namespace" | "name"> & { readonly kind: string };

/** Returns the key of a store in findings. */
export function storeKey(store: NamedStore): string {
  return `store ${shownName(store)}`;
}

function shownName({ kind, namespace, name }: NamedStore): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function reasonOf({ ready, reason = "" }: ExternalStore): string {
  return ready === false ? `not ready: ${reason}` : "External Secrets has not validated it yet";
}

function likeness(store: ExternalStore): string {
  return withoutRequestId(reasonOf(store));
}

function describing({ kind, namespace, name }: ExternalStore): string {
  return `${namespace === undefined ? "" : shell`-n ${namespace} `}${shell`describe ${kind.toLowerCase()} ${name}`}`;
}
