import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (...objects: string[]): string[] =>
  told(lintFiles({ "a.yaml": objects.join("---\n") }, { only: ["secret/target"] })).map((line) =>
    line.replace(/^a\.yaml:\d+ /, ""),
  );
const external = (
  name: string,
  target: string,
  keys = "a",
  namespace = "shop",
): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  target: { ${target} }
  data: [${keys
    .split(",")
    .map((key) => `{ secretKey: ${key}, remoteRef: { key: shop/${key} } }`)
    .join(", ")}]
`;
const secret = (name: string): string => `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: shop }\n`;
const owned = (name: string, by: string): string =>
  `fail secret/target: its Secret ${name} is owned by the ExternalSecret ${by}, so it fails with "owned by another ExternalSecret"`;

describe("two ExternalSecrets for one Secret", () => {
  it("Two ExternalSecrets for one Secret fail if one owns it, whatever the other one does", () => {
    for (const policy of ["Merge", "Orphan", "CreateOrMerge"]) {
      const other = external("two", `name: db, creationPolicy: ${policy}`, "b");
      expect(ids(external("one", "name: db"), other)).toEqual([owned("db", "one")]);
      expect(ids(other, external("one", "name: db"))).toEqual([owned("db", "one")]);
    }
    expect(ids(external("one", "name: db"), external("two", "name: db, creationPolicy: Owner", "b"))).toEqual([
      owned("db", "one"),
    ]);
    expect(ids(external("db", ""), external("two", "name: db"))).toEqual([owned("db", "db")]);
  });

  it("Two ExternalSecrets for one Secret fail if both merge the same key, and pass if each merges its own", () => {
    const merge = (name: string, key: string): string =>
      external(name, "name: argocd-secret, creationPolicy: Merge", key);
    expect(ids(merge("one", "a"), merge("two", "b"))).toEqual([]);
    expect(ids(merge("one", "a"), merge("two", "b,a"))).toEqual([
      "fail secret/target: writes the key a of the Secret argocd-secret, as does the ExternalSecret one",
    ]);
  });

  it("Two ExternalSecrets pass in different namespaces, or if one writes no Secret", () => {
    expect(ids(external("one", "name: db"), external("two", "name: db", "a", "ops"))).toEqual([]);
    expect(ids(external("one", "name: db"), external("two", "name: db, creationPolicy: None"))).toEqual([]);
  });
});

describe("an ExternalSecret for a Secret with another source", () => {
  it.each([
    ["argocd-secret", "", "Argo CD creates"],
    ["db", secret("db"), "the tree declares"],
    [
      "db",
      "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: db, namespace: shop }\n",
      "a SealedSecret creates",
    ],
    [
      "tls",
      "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: a, namespace: shop }\nspec: { secretName: tls }\n",
      "cert-manager creates",
    ],
  ])("An ExternalSecret replaces all keys of %s if it owns it, or leaves it as an orphan", (name, other, who) => {
    for (const policy of ["", ", creationPolicy: Owner", ", creationPolicy: Orphan"]) {
      expect(ids(external("one", `name: ${name}${policy}`), ...(other === "" ? [] : [other]))).toEqual([
        `fail secret/target: replaces all keys of the Secret ${name}, which ${who}`,
      ]);
    }
  });

  it("An ExternalSecret may create a Secret with another source once, and leave it", () => {
    const once = external("one", "name: db, creationPolicy: Orphan").replace(
      "spec:",
      "spec:\n  refreshPolicy: CreatedOnce",
    );
    expect(ids(once, secret("db"))).toEqual([]);
  });

  it("An ExternalSecret may add its keys to a Secret with another source with Merge", () => {
    expect(ids(external("one", "name: argocd-secret, creationPolicy: Merge"))).toEqual([]);
    expect(ids(external("one", "name: db, creationPolicy: CreateOrMerge"))).toEqual([]);
  });

  it("An ExternalSecret with Merge is a warning if Argo CD syncs the Secret, or nothing creates it", () => {
    const merge = external("one", "name: db, creationPolicy: Merge");
    expect(ids(merge, secret("db"))).toEqual([
      "warn secret/target: adds keys to the Secret db, which the tree declares; syncing the tree may remove them",
    ]);
    expect(ids(merge)).toEqual([
      "warn secret/target: waits for the Secret db, which nothing in the tree creates, and Merge does not create it",
    ]);
  });
});
