import { writePrivate } from "../state.ts";

export interface KubeconfigEntry {
  /** The name of the context, the cluster and the user alike. */
  readonly name: string;
  /** Another name of the context. */
  readonly alias?: string;
  readonly server: string;
  /** PEM, as are the next two. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Returns a self-contained kubeconfig; the first entry's context is the current one. */
export async function writeKubeconfig(path: string, entries: readonly KubeconfigEntry[]): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  // JSON is YAML.
  const document = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": entries[0]?.name,
    clusters: entries.map(({ name, server, ca }) => ({
      name,
      cluster: { server, "certificate-authority-data": base64(ca) },
    })),
    users: entries.map(({ name, certificate, key }) => ({
      name,
      user: { "client-certificate-data": base64(certificate), "client-key-data": base64(key) },
    })),
    contexts: entries.flatMap(({ name, alias }) =>
      [name, ...(alias === undefined ? [] : [alias])].map((each) => ({
        name: each,
        context: { cluster: name, user: name },
      })),
    ),
  };
  await writePrivate(path, `${JSON.stringify(document, null, 2)}\n`);
}

/** Returns the kubeconfig with which an API server calls a webhook about tokens. */
export async function writeWebhookConfig(path: string, url: string, caFile: string): Promise<void> {
  const document = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "authenticator",
    clusters: [{ name: "authenticator", cluster: { server: url, "certificate-authority": caFile } }],
    users: [{ name: "apiserver", user: {} }],
    contexts: [{ name: "authenticator", context: { cluster: "authenticator", user: "apiserver" } }],
  };
  await writePrivate(path, `${JSON.stringify(document, null, 2)}\n`);
}
