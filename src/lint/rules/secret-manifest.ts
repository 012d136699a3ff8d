import { isSecretOfArgoCd } from "../credentials/argocd-secrets.ts";
import { inConfigText } from "../credentials/config-text.ts";
import { isPlaceholder, isUnchangedDefault } from "../credentials/placeholders.ts";
import { isPublic } from "../credentials/public-values.ts";
import { field, fields, list, text, texts } from "../fields.ts";
import { isKind, label, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { secretNames } from "../secret-names.ts";

export const secretManifest: Rule = {
  id: "secret/manifest",
  title: "the tree contains no Secret with values",
  explain:
    "Everyone who can read the repository can read what is in Git, forever. Store secrets in AWS Secrets Manager and sync them with an ExternalSecret (ADR-012). A Secret is allowed if each of its values is empty or clearly a placeholder (<…>, ${…}, REPLACE_ME), encrypted (SOPS, age, PGP, Ansible Vault), public (a certificate, a public key), or a setting in one of Argo CD's own Secrets: for an EKS cluster, its IAM role and certificate authority. A default that should be changed (changeme) is a warning, because it is the credential until then. A configuration file without anything like a credential is a warning, too, because it belongs in a ConfigMap. Literals of a secretGenerator also count. Values are never shown. After removing a value from the tree, you must still rotate it.",
  severity: "fail",
  fix: "rotate it, store it in AWS Secrets Manager, and replace it with an ExternalSecret",
  examine: (unit, tree) => [
    ...unit.manifests.filter((each) => isKind(each, "", "Secret")).flatMap((each) => openKeys(each, secretNames(tree))),
    // After a build, they are Secrets.
    ...unit.unbuilt.flatMap(literals),
  ],
};

type Said = Pick<Observation, "summary" | "severity" | "fix"> | undefined;

function openKeys(secret: Manifest, names: ReadonlySet<string>): Observation[] {
  if (field(secret.value, "sops") !== undefined) return [];
  // An env file encrypted by SOPS contains SOPS's own metadata.
  const isSops = ["data", "stringData"].some((key) => {
    const names = Object.keys(fields(secret.value, key));
    return names.includes("sops_mac") || names.includes("sops_version");
  });
  const isOfArgo = label(secret, "argocd.argoproj.io/secret-type") !== undefined;
  return ["data", "stringData"].flatMap((key) =>
    Object.entries(fields(secret.value, key)).flatMap(([name, value]): Observation[] => {
      // The API server rejects a number or switch without quotes.
      if (typeof value !== "string" || (isSops && name.startsWith("sops_"))) return [];
      const plain = key === "data" ? decoded(value) : value;
      if (isPlaceholder(value) || (isOfArgo && !isSecretOfArgoCd(name, plain))) return [];
      const said = judge(name, plain, names);
      return said === undefined ? [] : [{ manifest: secret, path: [key, name], ...said }];
    }),
  );
}

function judge(name: string, plain: string, names: ReadonlySet<string> = new Set()): Said {
  if (isPlaceholder(plain) || isPublic(plain) || isEncrypted(plain)) return undefined;
  if (isUnchangedDefault(plain) && !plain.includes("\n")) {
    return {
      summary: `the value of ${name} is a default that should be changed; until then, it is the credential`,
      severity: "warn",
    };
  }
  const isFile = /\.(ya?ml|json|ini|toml|conf|cfg|cnf|properties|xml|env)$/i.test(name) && /\n|^\s*[[{]/.test(plain);
  if (isFile && inConfigText(name, plain, names).length === 0) {
    const fix = "store it in a ConfigMap if it contains no credential, otherwise in AWS Secrets Manager";
    return { summary: `has a value for ${name}, which contains nothing like a credential`, severity: "warn", fix };
  }
  return { summary: `has a value for ${name}` };
}

/** The formats of values and files encrypted by SOPS, age, PGP, Ansible and git-crypt. */
function isEncrypted(text: string): boolean {
  const isSops = text.includes("ENC[AES256_GCM,") && /^\s*(["']?sops["']?\s*:|\[sops\]|sops_)|"sops"\s*:/m.test(text);
  return (
    isSops ||
    /^(-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----|\$ANSIBLE_VAULT;|age-encryption\.org\/|\0GITCRYPT\0)/.test(text)
  );
}

function decoded(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}

function literals(own: Manifest): Observation[] {
  return list(own.value, "secretGenerator").flatMap((generator, index) =>
    texts(generator, "literals").flatMap((literal, at) => {
      const [name = "", ...value] = literal.split("=");
      const said = judge(name, value.join("=").replace(/^(["'])(.*)\1$/s, "$2"));
      const subject = `secretGenerator ${text(generator, "name") ?? index}`;
      const path = ["secretGenerator", index, "literals", at];
      return said === undefined ? [] : [{ manifest: own, path, subject, ...said }];
    }),
  );
}
