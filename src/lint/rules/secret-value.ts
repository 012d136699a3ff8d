import { posix } from "node:path";
import { credentialsIn, type CredentialPlace } from "../credentials/places.ts";
import { credentialsInValues } from "../credentials/values-file.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";
import { secretNames } from "../secret-names.ts";

export const secretValue: Rule = {
  id: "secret/value",
  title: "no credential outside of Secrets",
  explain:
    "Looks at environment variables, arguments and commands of containers (hooks and probes too), the files in ConfigMaps (JSON, YAML, properties, INI, dotenv, XML, scripts), the values that Argo CD and Flux give to charts, files of values (values.yaml, values-prod.yaml), and every other field. A value is a credential where its form says so: a private key, a token of a known issuer (AWS, GitHub, GitLab, Slack, Stripe, npm, OpenAI, Google and others), a JSON Web Token, an Authorization header, an address or connection string with a password. Else its name decides, by its last words (password, token, client secret, API key, --password=, NEO4J_AUTH …), unless the value is a placeholder (<…>, ${…}, REPLACE_ME), a switch, a number such as a duration, a path, an address, a header, a variable, or the name of a Secret. A well-known default such as postgres is a credential; one that asks to be changed (changeme) is a warning. Values are never shown. Where a value is no secret, waive it with a reason.",
  severity: "fail",
  fix: "rotate it, and take it from a Secret that an ExternalSecret fills (valueFrom.secretKeyRef)",
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
  const summary = `${holder} holds ${what}`;
  return { manifest, path, summary, ...(isDefault === true ? { severity: "warn" as const } : {}) };
}
