import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Returns a component's catalog-info.yaml. */
export function component(
  name: string,
  about: { readonly domain?: string; readonly dependsOn?: readonly string[]; readonly more?: string } = {},
): string {
  const { domain = "shop", dependsOn = [], more = "" } = about;
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  labels:
    domain: ${domain}
  annotations:
    gennet/regions: eu,us
spec:
  type: service
  owner: team-${domain}
${dependsOn.length === 0 ? "" : `  dependsOn:\n${dependsOn.map((each) => `    - ${each}\n`).join("")}`}${more}`;
}

/** Creates a folder with these files; the name of a service stands for `NAME/catalog-info.yaml`. */
export async function catalogFolder(
  files: Readonly<Record<string, string>>,
): Promise<{ folder: string; write: (path: string, content: string) => Promise<void>; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "gennet-catalog-"));
  const write = async (path: string, content: string): Promise<void> => {
    const full = join(folder, path.includes(".") ? path : `${path}/catalog-info.yaml`);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  return { folder, write, remove: () => rm(folder, { recursive: true }) };
}
