import { field, fields, isFields, text, texts } from "../fields.ts";
import { inForm } from "./assignments.ts";
import { inCommand } from "./command-line.ts";
import { isPlaceholder } from "./placeholders.ts";

/**
 * The keys in Argo CD's own Secrets that are settings, not credentials.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/declarative-setup/
 */
const settings = new Set(
  "url type name project username server namespaces clusterResources shard insecure insecureIgnoreHostKey insecureOCIForceHttp proxy noProxy enableLfs enableOCI forceHttpBasicAuth useAzureWorkloadIdentity tlsClientCertData githubAppID githubAppInstallationID githubAppEnterpriseBaseUrl depth webhookManifestCacheWarmDisabled".split(
    " ",
  ),
);

/** Returns whether a key of a Secret with an Argo CD label holds a credential. */
export function isSecretOfArgoCd(key: string, value: string): boolean {
  if (settings.has(key)) return inForm(value).length > 0;
  return key === "config" ? isSecretConfig(value) : true;
}

/**
 * The login settings of a cluster: the ARN of an IAM role and a certificate are public; passwords, tokens and keys are
 * not.
 */
function isSecretConfig(config: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(config);
  } catch {
    return true;
  }
  if (!isFields(value)) return true;
  const secrets = [
    field(value, "password"),
    field(value, "bearerToken"),
    field(value, "tlsClientConfig", "keyData"),
    ...Object.entries(fields(value, "execProviderConfig", "env"))
      .filter(([name]) => !harmless.test(name))
      .map(([, each]) => each),
  ];
  const isGiven = secrets.some(
    (each) => each != null && each !== "" && !(typeof each === "string" && isPlaceholder(each)),
  );
  const command = [text(value, "execProviderConfig", "command") ?? "", ...texts(value, "execProviderConfig", "args")];
  return isGiven || inCommand(command, new Set()).length > 0 || inForm(config).length > 0;
}

/** Variables of login programs for the identity and the target, not for the credential. */
const harmless =
  /(^|_)(METHOD|ENVIRONMENT|NAME|ID|REGION|PROFILE|FILE|PATH|HOME|HOST|URL|ENDPOINT|ENDPOINTS|TYPE|ARN|PROJECT|CLUSTER|ACCOUNT|ZONE|PROXY)$/i;
