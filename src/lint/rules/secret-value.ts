import { posix } from "node:path";
import { credentialsIn, type CredentialPlace } from "../credentials/places.ts";
import { credentialsInValues } from "../credentials/values-file.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { secretNames } from "../secret-names.ts";

export const secretValue: Rule = {
  id: "secret/value",
  title: "no credential outside of Secrets",
  explain:
    "Checks environment variables, arguments and commands of containers (including hooks and probes), the files in ConfigMaps (JSON, YAML, properties, INI, dotenv, XML, scripts), the values that Argo CD and Flux pass to charts, values files (values.yaml, values-prod.yaml), and every other field. A value is a credential if it has the format of one: a private key, a token of a known issuer (AWS, GitHub, GitLab, Slack, Stripe, npm, OpenAI, Google and others), a JSON Web Token, an Authorization header, an address or connection string with a password. Otherwise, the last words of its name decide (password, token, client secret, API key, --password=, NEO4J_AUTH …), unless the value is a placeholder (<…>, ${…}, REPLACE_ME), a switch, a number such as a duration, a path, an address, a header, a variable, or the name of a Secret. A well-known default such as postgres is a credential; one that should be changed (changeme) is a warning. Values are never shown. If a value is not a secret, waive the finding with a reason.",
  severity: "fail",
  fix: "rotate it, and read it from a Secret that an ExternalSecret syncs (valueFrom.secretKeyRef)",
  examine: (unit, tree) => [
    ...[...unit.manifests, ...unit.unusedPatches]
      .filter((each) => !isKind(each, "", "Secret"))
      .flatMap((manifest) => credentialsIn(manifest, secretNames(tree)).map((place) => observed(manifest, place))),
    ...unit.values.flatMap((manifest) =>
      credentialsInValues(manifest, secretNames(tree)).map((place) => ({
        ...observed(manifest, place),
        subject: `values ${posix.basename(manifest.file)}`,
      })),
    ),
  ],
};

function observed(manifest: Manifest, { path, holder, what, isDefault }: CredentialPlace): Observation {
  const summary = `${holder} contains ${what}`;
  return { manifest, path, summary, ...(isDefault === true ? { severity: "warn" as const } : {}) };
}
