import { isPlaceholder, isPublicCertificate } from "../credentials.ts";
import { field, fields, list, text, texts } from "../fields.ts";
import { isKind, label, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";

/** What Argo CD keeps in Secrets without being secret: its docs, "Declarative Setup". */
const settingsOfArgo = new Set([
  "url",
  "type",
  "name",
  "project",
  "username",
  "server",
  "namespaces",
  "clusterResources",
  "insecure",
  "proxy",
  "enableLfs",
  "enableOCI",
  "insecureIgnoreHostKey",
  "githubAppID",
  "githubAppInstallationID",
]);

export const secretManifest: Rule = {
  id: "secret/manifest",
  title: "no Secret with values in the tree",
  explain:
    "What is in Git is known to everybody who reads it, for ever. Secrets come from AWS Secrets Manager by an ExternalSecret (ADR-012). A Secret may be there as long as each of its values is empty or plainly a placeholder (<…>, ${…}, changeme), encrypted (SOPS), a public certificate, or one of the settings that Argo CD keeps in its own Secrets. Literals of a secretGenerator count too. Values are never shown. After the value is out of the tree it must still be rotated.",
  severity: "fail",
  fix: "rotate it, keep it in AWS Secrets Manager, and declare an ExternalSecret in its place",
  examine: (unit, tree) => [
    ...unit.manifests.filter((each) => isKind(each, "", "Secret")).flatMap(openKeys),
    ...tree.kustomizations.filter(({ file }) => unit.files.has(file)).flatMap(literals),
  ],
};

function openKeys(secret: Manifest): Observation[] {
  if (field(secret.value, "sops") !== undefined) return [];
  const isOfArgo = label(secret, "argocd.argoproj.io/secret-type") !== undefined;
  return ["data", "stringData"].flatMap((key) =>
    Object.entries(fields(secret.value, key))
      .filter(([name]) => !isOfArgo || !settingsOfArgo.has(name))
      .filter(([, value]) => typeof value === "string" && isSecret(value, key === "data"))
      .map(([name]) => ({ manifest: secret, path: [key, name], summary: `has a value for ${name}` })),
  );
}

function isSecret(value: string, encoded: boolean): boolean {
  const plain = encoded ? Buffer.from(value, "base64").toString("utf8") : value;
  return !isPlaceholder(value) && !isPlaceholder(plain) && !isPublicCertificate(plain);
}

function literals(own: Manifest): Observation[] {
  return list(own.value, "secretGenerator").flatMap((generator, index) =>
    texts(generator, "literals").flatMap((literal, at) => {
      const [name = "", ...value] = literal.split("=");
      if (isPlaceholder(value.join("="))) return [];
      const subject = `secretGenerator ${text(generator, "name") ?? index}`;
      const path = ["secretGenerator", index, "literals", at];
      return [{ manifest: own, path, subject, summary: `has a value for ${name}` }];
    }),
  );
}
