import { componentOf, dependenciesOn, domainIn } from "../catalog.ts";
import { databaseHost, ownerOfKey } from "../data-ownership.ts";
import { fields, list, type Path, text } from "../fields.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Tree } from "../tree.ts";
import { allContainersOf } from "../workloads.ts";

export const dataDomain: Rule = {
  id: "data/domain",
  title: "a service uses only databases of its own domain",
  explain:
    "Services own their data (ADR-001): access the data of another domain through its service's API. The domain is the label domain in a component's or resource's catalog-info.yaml, or the domain of its system. These fail: a component that depends on a Resource of type database (or postgres, redis, neo4j …) of another domain; an environment variable or ConfigMap with the address of a database (postgresql://, redis://, neo4j:// …) in the namespace of a component of another domain; an ExternalSecret that reads a key with such a component's name and a kind of database among its segments. Anything without an entry or a domain in the catalogue is not checked, because nothing identifies a database behind a plain host name.",
  severity: "fail",
  fix: "call the other domain's service, or copy the data by its events",
  examine(unit, tree) {
    return unit.manifests.flatMap((manifest) => {
      if (isKind(manifest, "backstage.io", "Component")) return dependencies(manifest, tree);
      const own = componentOf(manifest, tree);
      const domain = own === undefined ? undefined : domainIn(tree, own);
      if (domain === undefined) return [];
      return references(manifest).flatMap(({ path, owner }) => {
        const other = tree.entities("Component").find(({ name }) => owner(name));
        const theirs = other === undefined ? undefined : domainIn(tree, other);
        if (other === undefined || theirs === undefined || theirs === domain) return [];
        const summary = `reads a database of ${other.name}, which belongs to the domain ${theirs}, not ${domain}`;
        return [{ manifest, path, summary }];
      });
    });
  },
};

const databaseTypes = /^(database|db|postgres(ql)?|mysql|redis|cache|neo4j|graph|mongodb)(-.*)?$/i;

function dependencies(component: Manifest, tree: Tree): Observation[] {
  const domain = domainIn(tree, component);
  return dependenciesOn(component, "resource").flatMap(({ name, index }) => {
    const resource = tree.entities("Resource").find((each) => each.name === name);
    const theirs = resource === undefined ? undefined : domainIn(tree, resource);
    const isDatabase = databaseTypes.test(text(resource?.value, "spec", "type") ?? "");
    if (!isDatabase || domain === undefined || theirs === undefined || theirs === domain) return [];
    const summary = `depends on the database ${name} of the domain ${theirs}, but belongs to ${domain}`;
    return [{ manifest: component, path: ["spec", "dependsOn", index], summary }];
  });
}

interface Reference {
  readonly path: Path;
  /** Returns whether the database belongs to a component of this name. */
  readonly owner: (component: string) => boolean;
}

function references(manifest: Manifest): readonly Reference[] {
  const named = (path: Path, content: unknown): Reference[] => {
    const host = typeof content === "string" ? databaseHost(content) : undefined;
    return host === undefined ? [] : [{ path, owner: (name) => host.split(".")[1] === name }];
  };
  const variables = allContainersOf(manifest).flatMap(({ value, path }) =>
    list(value, "env").flatMap((each, index) => named([...path, "env", index, "value"], text(each, "value"))),
  );
  const settings = isKind(manifest, "", "ConfigMap")
    ? Object.entries(fields(manifest.value, "data")).flatMap(([key, content]) => named(["data", key], content))
    : [];
  return [...variables, ...settings, ...remoteKeys(manifest)];
}

function remoteKeys(manifest: Manifest): readonly Reference[] {
  if (!isKind(manifest, "external-secrets.io", "ExternalSecret")) return [];
  const read = (path: Path, key: string | undefined): Reference[] =>
    key === undefined ? [] : [{ path, owner: (name) => ownerOfKey(key, name) }];
  return [
    ...list(manifest.value, "spec", "data").flatMap((each, index) =>
      read(["spec", "data", index, "remoteRef", "key"], text(each, "remoteRef", "key")),
    ),
    ...list(manifest.value, "spec", "dataFrom").flatMap((each, index) =>
      read(["spec", "dataFrom", index, "extract", "key"], text(each, "extract", "key")),
    ),
  ];
}
