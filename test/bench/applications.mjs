import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { createInterface } from "node:readline";
import { parse } from "yaml";

const collection = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";

/**
 * Applications by bare HTTP, without any of gennet: what the controller alone takes is measured with it.
 * @param {string} kubeconfig
 * @param {string} context
 */
export function applicationsApi(kubeconfig, context) {
  const config = parse(readFileSync(kubeconfig, "utf8"));
  const named = config.contexts.find(({ name }) => name === context).context;
  const { cluster } = config.clusters.find(({ name }) => name === named.cluster);
  const { user } = config.users.find(({ name }) => name === named.user);
  const bytes = (data, file) => (data === undefined ? readFileSync(file) : Buffer.from(data, "base64"));
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: bytes(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    cert: bytes(user["client-certificate-data"], user["client-certificate"]),
    key: bytes(user["client-key-data"], user["client-key"]),
  });
  const open = (method, path, body, type) =>
    new Promise((resolve, reject) => {
      const asked = request(
        new URL(path, cluster.server),
        { method, agent, headers: body === undefined ? {} : { "content-type": type } },
        resolve,
      );
      asked.on("error", reject);
      asked.end(body);
    });
  const read = async (response) => {
    const chunks = [];
    for await (const chunk of response) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${text}`);
    return text;
  };
  const list = async () => JSON.parse(await read(await open("GET", collection)));

  return {
    list,
    close: () => agent.destroy(),
    /** Writes a sync into `.operation` of each, and waits until the last is over and compared again. */
    async syncAll(names) {
      const { metadata } = await list();
      const query = new URLSearchParams({ watch: "true", resourceVersion: metadata.resourceVersion });
      const watch = await open("GET", `${collection}?${query}`);
      const id = `floor-${metadata.resourceVersion}`;
      const operation = { initiatedBy: { username: "floor" }, info: [{ name: "id", value: id }], sync: {} };
      const body = JSON.stringify({ operation, status: { operationState: null } });
      const ask = async (name) =>
        read(await open("PATCH", `${collection}/${name}`, body, "application/merge-patch+json"));
      try {
        await Promise.all([follow(watch, new Set(names), id), ...names.map(ask)]);
      } finally {
        watch.destroy();
      }
    },
    /** How often the API server was asked about Applications so far, by verb. */
    async requests() {
      const text = await read(await open("GET", "/metrics"));
      const counts = {};
      for (const [, labels, count] of text.matchAll(/^apiserver_request_total\{([^}]*)\} (\S+)$/gm)) {
        if (!labels.includes('resource="applications"')) continue;
        const [, verb] = /verb="(\w+)"/.exec(labels);
        counts[verb] = (counts[verb] ?? 0) + Number(count);
      }
      return counts;
    },
  };
}

async function follow(watch, left, id) {
  const lines = createInterface({ input: watch });
  // An interface does not end by itself where its input breaks.
  watch.on("error", () => lines.close());
  for await (const line of lines) {
    const { metadata, operation, status } = JSON.parse(line).object;
    const state = status?.operationState;
    if (operation !== undefined || state?.operation?.info?.[0]?.value !== id) continue;
    if (state.phase !== "Succeeded") throw new Error(`${metadata.name}: ${state.phase} ${state.message}`);
    if (!(status.reconciledAt >= state.finishedAt) || status.sync.status !== "Synced") continue;
    left.delete(metadata.name);
    if (left.size === 0) return;
  }
  throw new Error(`the watch ended before ${[...left].join(", ")} did`);
}
