import type { Finding } from "../core/finding.ts";
import { readsKubeSecret, writes } from "./identity.ts";
import type { Reader } from "./readers.ts";
import type { Site, RotationWorld } from "./world.ts";

/**
 * Finds what copies the secret's values beyond the Secrets of its ExternalSecrets, or writes the secret itself:
 * PushSecrets, and ExternalSecrets that read Kubernetes Secrets. gennet does not follow them, so it names them.
 */
export async function copyObstacles(
  site: Site,
  readers: readonly Reader[],
  { identity }: Pick<RotationWorld, "identity">,
  signal: AbortSignal,
): Promise<Finding[]> {
  const [pushes, externals, stores] = await Promise.all([
    site.externalSecrets.pushes(signal),
    site.externalSecrets.list(undefined, signal),
    site.externalSecrets.stores(signal),
  ]);
  const around = { accountId: site.accountId, stores };
  const targets = readers.filter((each) => each.site === site);
  const about = { id: "secrets/rotatable", severity: "fail", region: site.name } as const;
  const pushed = pushes.flatMap((push): Finding[] => {
    const { namespace, name, secret, replaces } = push;
    const subject = `pushsecret ${namespace}/${name}`;
    const fix = `${site.kubectl} -n ${namespace} describe pushsecret ${name}`;
    if (replaces && writes(push, identity, { ...around, namespace })) {
      return [{ ...about, subject, summary: "it writes the secret and would overwrite the new value", fix }];
    }
    const source = targets.find((each) => each.external.namespace === namespace && each.kubeSecret === secret);
    if (source === undefined) return [];
    return [
      {
        ...about,
        subject,
        summary: `it copies Secret ${secret} to another store, where gennet does not follow it`,
        fix,
      },
    ];
  });
  const read = externals.flatMap((external): Finding[] => {
    const source = targets.find(({ external: { namespace }, kubeSecret }) =>
      readsKubeSecret(external, { namespace, name: kubeSecret }, around),
    );
    if (source === undefined) return [];
    const subject = `externalsecret ${external.namespace}/${external.name}`;
    const summary = `it copies Secret ${source.external.namespace}/${source.kubeSecret}, where gennet does not follow it`;
    const fix = `${site.kubectl} -n ${external.namespace} describe externalsecret ${external.name}`;
    return [{ ...about, subject, summary, fix }];
  });
  return [...pushed, ...read];
}
