import { isSecretValue, secretForm } from "../credentials.ts";
import { fields, list, text } from "../fields.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";
import { allContainersOf } from "../workloads.ts";

export const secretValue: Rule = {
  id: "secret/value",
  title: "no credential in an environment variable or ConfigMap",
  explain:
    "A value counts as a credential where its name says so (…PASSWORD, …TOKEN, …SECRET, …API_KEY and the like) and it is neither a placeholder, a switch, a path, an address nor a reference to another variable; or where its own form says so: a private key, an AWS, GitHub, Slack or Stripe key, an address with a password. Values are never shown. Names are a guess: where a value is no secret, waive it with a reason.",
  severity: "fail",
  fix: "rotate it, and take it from a Secret that an ExternalSecret fills (valueFrom.secretKeyRef)",
  examine: (unit) => unit.manifests.flatMap((manifest) => [...inEnvironment(manifest), ...inConfigMap(manifest)]),
};

function inEnvironment(manifest: Manifest): Observation[] {
  return allContainersOf(manifest).flatMap(({ name: container, value, path }) =>
    list(value, "env").flatMap((variable, index) => {
      const name = text(variable, "name") ?? "";
      const content = text(variable, "value");
      const what = content === undefined ? undefined : whatIsSecret(name, content);
      if (what === undefined) return [];
      const summary = `container ${container}: ${name} holds ${what}`;
      return [{ manifest, path: [...path, "env", index, "value"], summary }];
    }),
  );
}

function inConfigMap(manifest: Manifest): Observation[] {
  if (!isKind(manifest, "", "ConfigMap")) return [];
  return Object.entries(fields(manifest.value, "data")).flatMap(([name, content]) => {
    const what = typeof content === "string" ? whatIsSecret(name, content) : undefined;
    return what === undefined ? [] : [{ manifest, path: ["data", name], summary: `${name} holds ${what}` }];
  });
}

function whatIsSecret(name: string, content: string): string | undefined {
  return secretForm(content) ?? (isSecretValue(name, content) ? "what looks like a credential" : undefined);
}
