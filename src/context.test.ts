import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memoryHost } from "../test/support/host.ts";
import { createContext } from "./context.ts";
import type { GlobalOptions } from "./core/global-flags.ts";

let folder: string;

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "gennet-context-"))));
afterEach(async () => rm(folder, { recursive: true }));

describe("a connection to a cluster", () => {
  const kubeconfig = (contexts: readonly string[]): string =>
    JSON.stringify({
      clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: contexts.map((name) => ({ name, context: { cluster: "c", user: "u" } })),
    });

  it("A connection to a cluster is retried after a failure, and kept after a success", async () => {
    const path = join(folder, "config");
    await writeFile(path, kubeconfig(["other"]));
    const host = memoryHost({ env: { KUBECONFIG: path } });
    const options = { requestTimeout: 1_000, context: ["eu"], region: [] } as unknown as GlobalOptions;
    const context = createContext(host, options, new AbortController().signal, {
      emit: () => undefined,
      preview: () => undefined,
      suspend: async () => undefined,
      resumable: () => undefined,
    });
    const place = { name: "eu", context: "eu" };
    await expect(context.cluster(place)).rejects.toMatchObject({ code: "KUBE_CONTEXT_UNKNOWN" });
    await writeFile(path, kubeconfig(["other", "eu"]));
    const cluster = await context.cluster(place);
    expect(cluster.name).toBe("eu");
    expect(await context.cluster(place)).toBe(cluster);
    await context.close();
  });
});
