import { fieldValue, type PodAddresses, resourceValue } from "./downward.ts";
import { type Container, containersOf, type EnvVar, type KeyRef, type Pod } from "./pod.ts";

/** Returns the entries of a Secret or ConfigMap; undefined if there is no such object. */
export type Entries = Readonly<Record<string, Buffer>> | undefined;
export type ReadEntries = (kind: "Secret" | "ConfigMap", name: string) => Promise<Entries>;

/** A container cannot be created as its spec requires; the message becomes its waiting reason. */
export class ConfigError extends Error {}

/** Returns the variables of a container, in the order of a kubelet: envFrom first, then env. */
export async function environmentOf(
  pod: Pod,
  container: Container,
  addresses: PodAddresses,
  read: ReadEntries,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    for (const [kind, reference] of [
      ["ConfigMap", source.configMapRef],
      ["Secret", source.secretRef],
    ] as const) {
      if (reference === undefined) continue;
      const entries = await read(kind, reference.name);
      if (entries === undefined && reference.optional !== true) throw notFound(kind, reference.name);
      for (const [key, value] of Object.entries(entries ?? {})) found[`${source.prefix ?? ""}${key}`] = String(value);
    }
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(pod, container, variable, addresses, read, found);
    if (value !== undefined) found[variable.name] = value;
  }
  return found;
}

async function valueOf(
  pod: Pod,
  container: Container,
  { value, valueFrom }: EnvVar,
  addresses: PodAddresses,
  read: ReadEntries,
  before: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expand(value ?? "", before);
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef !== undefined) return fieldValue(pod, fieldRef, addresses);
  if (resourceFieldRef !== undefined) {
    const { containerName } = resourceFieldRef;
    const of = containersOf(pod).find((each) => each.name === containerName) ?? container;
    return resourceValue(of, resourceFieldRef);
  }
  if (secretKeyRef !== undefined) return entryOf("Secret", secretKeyRef, read);
  if (configMapKeyRef !== undefined) return entryOf("ConfigMap", configMapKeyRef, read);
  return undefined;
}

async function entryOf(
  kind: "Secret" | "ConfigMap",
  { name, key, optional }: KeyRef,
  read: ReadEntries,
): Promise<string | undefined> {
  const entries = await read(kind, name);
  const value = entries?.[key];
  if (value !== undefined) return value.toString("utf8");
  if (optional === true) return undefined;
  throw entries === undefined ? notFound(kind, name) : new ConfigError(`couldn't find key ${key} in ${kind} ${name}`);
}

/** In a kubelet's wording. */
export function notFound(kind: "Secret" | "ConfigMap", name: string): ConfigError {
  return new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
}

/** Expands `$(NAME)` if there is such a variable; `$$(NAME)` becomes `$(NAME)`. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]+)\))/g, (whole, escaped: string, name: string | undefined) =>
    escaped === "$" ? "$" : (variables[name as string] ?? whole),
  );
}
