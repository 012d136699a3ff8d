import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Aws } from "../../src/aws/port.ts";
import type { Clock } from "../../src/core/clock.ts";
import { type Context, createContext } from "../../src/context.ts";
import type { GlobalOptions } from "../../src/core/global-flags.ts";
import type { Host } from "../../src/host/host.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { memoryHost } from "./host.ts";

/** AWS and the cluster of each region, by its name. */
export type Clouds = Readonly<Record<string, { readonly aws: Aws; readonly cluster: Cluster }>>;

/** Returns the context of a command in a folder with this gennet.yaml, for regions that are in memory. */
export async function regionContext(folder: string, text: string, clouds: Clouds): Promise<Context> {
  const found = (name: string): Clouds[string] => {
    const cloud = clouds[name];
    if (cloud === undefined) throw new Error(`no region ${name} in memory`);
    return cloud;
  };
  const context = await contextIn(folder, text, {});
  return context.over({ aws: async ({ name }) => found(name).aws, cluster: async ({ name }) => found(name).cluster });
}

/** Returns the same for regions at the AWS endpoint of the environment, whose clusters are in memory. */
export async function endpointContext(
  folder: string,
  text: string,
  { clock, cluster }: { readonly clock: Clock; readonly cluster: Cluster },
): Promise<Context> {
  // Its program shares the machine with other tests.
  return (await contextIn(folder, text, { clock }, 60_000)).over({ cluster: async () => cluster });
}

async function contextIn(
  folder: string,
  text: string,
  own: Partial<Pick<Host, "clock">>,
  requestTimeout = 10_000,
): Promise<Context> {
  await writeFile(join(folder, "gennet.yaml"), text);
  const host = { ...memoryHost({ cwd: folder, home: folder }), ...own };
  const options = { requestTimeout, context: [], region: [], noInput: true } as unknown as GlobalOptions;
  return createContext(host, options, new AbortController().signal, {
    emit: () => undefined,
    preview: () => undefined,
    suspend: async () => undefined,
    resumable: () => undefined,
  });
}
