import { isSecretOfArgoCd } from "../credentials/argocd-secrets.ts";
import { inConfigText } from "../credentials/config-text.ts";
import { isPlaceholder, isUnchangedDefault } from "../credentials/placeholders.ts";
import { isPublic } from "../credentials/public-values.ts";
import { field, fields, list, text, texts } from "../fields.ts";
import { isKind, label, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";
import { secretNames } from "../secret-names.ts";

export const secretManifest: Rule = {
  id: "secret/manifest",
  title: "no Secret with values in the tree",
  explain:
    "Everyone who can read the repository can read what is in Git, for ever. Secrets come from AWS Secrets Manager by an ExternalSecret (ADR-012). A Secret may be there as long as each of its values is empty or plainly a placeholder (<…>, ${…}, REPLACE_ME), encrypted (SOPS, age, PGP, Ansible Vault), public (a certificate, a public key), or a setting in one of Argo CD's own Secrets: for an EKS cluster, its IAM role and certificate authority. A value that asks to be changed (changeme) is a warning, as it is the credential until then; so is a configuration file in which nothing looks like a credential, as it belongs into a ConfigMap. Literals of a secretGenerator count too. Values are never shown. After the value is out of the tree it must still be rotated.",
  severity: "fail",
  fix: "rotate it, keep it in AWS Secrets Manager, and declare an ExternalSecret in its place",
  examine: (unit, tree) => [
    ...unit.manifests.filter((each) => isKind(each, "", "Secret")).flatMap((each) => openKeys(each, secretNames(tree))),
    // What was built has them as Secrets.
    ...unit.unbuilt.flatMap(literals),
  ],
};

type Said = Pick<Observation, "summary" | "severity" | "fix"> | undefined;

function openKeys(secret: Manifest, names: ReadonlySet<string>): Observation[] {
  if (field(secret.value, "sops") !== undefined) return [];
  // A file with variables that SOPS encrypted has what SOPS needs among them.
  const isSops = ["data", "stringData"].some((key) => {
    const names = Object.keys(fields(secret.value, key));
    return names.includes("sops_mac") || names.includes("sops_version");
  });
  const isOfArgo = label(secret, "argocd.argoproj.io/secret-type") !== undefined;
  return ["data", "stringData"].flatMap((key) =>
    Object.entries(fields(secret.value, key)).flatMap(([name, value]): Observation[] => {
      // A number or switch without quotes is rejected by the API server.
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
    return { summary: `the value of ${name} asks to be changed, and is the credential until then`, severity: "warn" };
  }
  const isFile = /\.(ya?ml|json|ini|toml|conf|cfg|cnf|properties|xml|env)$/i.test(name) && /\n|^\s*[[{]/.test(plain);
  if (isFile && inConfigText(name, plain, names).length === 0) {
    const fix = "keep it in a ConfigMap if it holds no credential, else in AWS Secrets Manager";
    return { summary: `has a value for ${name}, in which nothing looks like a credential`, severity: "warn", fix };
  }
  return { summary: `has a value for ${name}` };
}

/** What SOPS, age, PGP, Ansible and git-crypt make of a file. */
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
