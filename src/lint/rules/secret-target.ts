import { appliedWith } from "../alternatives.ts";
import { otherMaker, type SecretTarget, secretTargetOf, wellKnown } from "../external-secrets.ts";
import { isSameObject, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Unit } from "../unit.ts";

export const secretTarget: Rule = {
  id: "secret/target",
  title: "a Secret has one ExternalSecret, which keeps the keys of other owners",
  explain:
    'An ExternalSecret owns its Secret (creationPolicy Owner, the default) and replaces all of its keys. Therefore a second ExternalSecret for the same Secret fails with "owned by another ExternalSecret", whatever its own policy; two that merge the same key overwrite each other; and Owner or Orphan deletes the keys of a Secret that has another source: one that the tree declares, that cert-manager or a SealedSecret creates, or argocd-secret. Merge adds keys to such a Secret, which is correct, with two exceptions that are warnings: a Secret that Argo CD syncs from the tree, because Argo CD may remove the added keys, and a Secret that nothing in the tree creates, because Merge waits for it indefinitely.',
  severity: "fail",
  fix: "let one ExternalSecret own the Secret, with all of its keys",
  examine(unit, tree) {
    const targets = unit.manifests.flatMap((manifest) => {
      const target = secretTargetOf(manifest);
      return target === undefined ? [] : [{ manifest, target }];
    });
    return targets.flatMap(({ manifest, target }, index) => {
      const together = appliedWith(manifest, unit);
      const isSame = (other: Manifest): boolean =>
        together.includes(other) && other.namespace === manifest.namespace && !isSameObject(other, manifest);
      const rival = targets.find(
        (other, at) =>
          at !== index &&
          other.target.name === target.name &&
          isSame(other.manifest) &&
          isRival(target, at < index, other.target),
      );
      if (rival !== undefined) return [observe(manifest, target, rival.manifest, rival.target)];
      const owned = targets.some((other) => other.target.name === target.name && isSame(other.manifest));
      return owned ? [] : judgeAlone(manifest, target, unit, tree.beside(unit));
    });
  },
};

/** Returns whether the other one conflicts with it. Of two with the same effect, the second is reported. */
function isRival(target: SecretTarget, isBefore: boolean, other: SecretTarget): boolean {
  if (other.policy === "Owner") return target.policy !== "Owner" || isBefore;
  if (target.policy === "Owner") return false;
  if (other.policy === "Orphan") return target.policy !== "Orphan" || isBefore;
  return isBefore && target.policy !== "Orphan" && shares(target, other);
}

function shares({ keys }: SecretTarget, other: SecretTarget): boolean {
  return keys !== undefined && other.keys !== undefined && keys.some((key) => other.keys?.includes(key) === true);
}

function observe(manifest: Manifest, target: SecretTarget, other: Manifest, others: SecretTarget): Observation {
  const path = ["spec", "target", "name"];
  if (others.policy === "Owner") {
    const summary = `its Secret ${target.name} is owned by the ExternalSecret ${other.name}, so it fails with "owned by another ExternalSecret"`;
    return { manifest, path, summary };
  }
  if (others.policy === "Orphan") {
    return {
      manifest,
      path,
      summary: `its Secret ${target.name} is also written by the ExternalSecret ${other.name}, which replaces all keys`,
    };
  }
  const key = target.keys?.find((each) => others.keys?.includes(each) === true);
  return {
    manifest,
    path,
    summary: `writes the key ${key} of the Secret ${target.name}, as does the ExternalSecret ${other.name}`,
  };
}

function judgeAlone(manifest: Manifest, target: SecretTarget, unit: Unit, beside: readonly Manifest[]): Observation[] {
  const path = ["spec", "target", target.policy === "Owner" ? "name" : "creationPolicy"];
  const makers = (manifests: readonly Manifest[]): string[] =>
    manifests
      .filter((each) => each.namespace === manifest.namespace)
      .flatMap((each) => otherMaker(target.name, each) ?? []);
  const others = beside.filter((each) => !unit.manifests.includes(each));
  const [maker] = makers([...appliedWith(manifest, unit), ...others]);
  const program = wellKnown[target.name];
  const who = maker ?? (program === undefined ? undefined : `${program} creates`);
  if (target.policy === "Owner" || target.policy === "Orphan") {
    if (who === undefined) return [];
    const summary = `replaces all keys of the Secret ${target.name}, which ${who}`;
    return [{ manifest, path, summary, fix: "set creationPolicy: Merge, so that it only adds its keys" }];
  }
  if (target.policy === "CreateOrMerge") return [];
  if (maker === "the tree declares") {
    const summary = `adds keys to the Secret ${target.name}, which the tree declares; syncing the tree may remove them`;
    const fix = "let the ExternalSecret own it, or make Argo CD ignore the Secret's /data";
    return [{ manifest, path, summary, fix, severity: "warn" }];
  }
  // Of several alternatives, the one that creates it may be applied.
  if (who !== undefined || makers(unit.manifests).length > 0) return [];
  const summary = `waits for the Secret ${target.name}, which nothing in the tree creates, and Merge does not create it`;
  return [
    {
      manifest,
      path,
      summary,
      fix: "use creationPolicy Owner, or CreateOrMerge",
      severity: "warn",
      lacks: ["Secret", "ExternalSecret"],
    },
  ];
}
