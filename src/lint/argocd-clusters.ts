import { text } from "./fields.ts";
import { isKind, label, type Manifest } from "./manifest.ts";
import { placeholderIn } from "./placeholders.ts";

/** A cluster that Argo CD deploys to, with its name and its address. */
export interface ArgoCluster {
  readonly name: string;
  readonly server: string;
}

/**
 * Returns the clusters that Secrets of the tree declare.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/#clusters
 */
export function argoClustersIn(manifests: readonly Manifest[]): readonly ArgoCluster[] {
  return manifests.flatMap((each) => {
    if (!isKind(each, "", "Secret") || label(each, "argocd.argoproj.io/secret-type") !== "cluster") return [];
    const [name, server] = [valueOf(each, "name"), valueOf(each, "server")];
    return name === undefined || server === undefined ? [] : [{ name, server }];
  });
}

/** `stringData` overrides `data`, as in the API server. */
function valueOf({ value }: Manifest, key: string): string | undefined {
  const encoded = text(value, "data", key);
  const found =
    text(value, "stringData", key) ??
    (encoded === undefined || placeholderIn(encoded) !== undefined
      ? undefined
      : Buffer.from(encoded, "base64").toString("utf8"));
  return found === undefined || found === "" || placeholderIn(found) !== undefined ? undefined : found;
}
