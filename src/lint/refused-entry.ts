import type { FileLocation } from "../core/finding.ts";
import { field, isFields, text } from "./fields.ts";
import type { Kustomization } from "./kustomization.ts";
import type { ParsedFile } from "./parse-manifests.ts";
import { patchBodies } from "./patch-sources.ts";

/**
 * Returns the entry that made Kustomize reject a build, if its error message identifies one: a field, a patch's target,
 * or a path. Otherwise returns the kustomization's file.
 */
export function refusedEntry(
  message: string,
  closure: readonly Kustomization[],
  files: ReadonlyMap<string, ParsedFile>,
): FileLocation {
  const found = closure
    .map((own) => namedField(message, own) ?? namedPatch(message, own, files) ?? namedPath(message, own))
    .find((each) => each !== undefined);
  return found ?? { file: closure.at(-1)?.manifest.file ?? "" };
}

/** `cannot unmarshal string into Go struct field Kustomization.patches of type …`, `unknown field "resource"`. */
function namedField(message: string, { manifest }: Kustomization): FileLocation | undefined {
  const name =
    /Go struct field Kustomization\.(\w+)/.exec(message)?.[1] ?? /unknown field \\?"(\w+)\\?"/.exec(message)?.[1];
  const value = name === undefined ? undefined : field(manifest.value, name);
  if (name === undefined || value === undefined) return undefined;
  const misfit = Array.isArray(value) ? value.findIndex((each) => !isFields(each)) : -1;
  return manifest.locate(misfit < 0 || /unknown field/.test(message) ? [name] : [name, misfit]);
}

/** `no matches for Id Deployment.v1.apps/ordrs.[noNs]; failed to find unique target for patch …`. */
function namedPatch(
  message: string,
  own: Kustomization,
  files: ReadonlyMap<string, ParsedFile>,
): FileLocation | undefined {
  const [, kind, name] = /no (?:resource )?matches for (?:Id )?(\w+)[^/\s]*\/([^.\s]+)/.exec(message) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const entry = patchBodies(own, files).find(
    ({ body }) => body.kind === kind && text(body.value, "metadata", "name") === name,
  );
  return entry === undefined ? undefined : own.manifest.locate(entry.path);
}

/** The entry whose path the message contains, longest first: `a.yaml` is also in `data.yaml`. */
function namedPath(message: string, { manifest, inputs }: Kustomization): FileLocation | undefined {
  const isNamed = (target: string): boolean =>
    message.includes(`'${target}'`) ||
    message.includes(`"${target}"`) ||
    new RegExp(`/${escaped(target)}(['": ]|$)`).test(message);
  const named = inputs
    .filter(({ target }) => isNamed(target.replace(/^(\.\.?\/)+/, "")) || isNamed(target))
    .sort((one, other) => other.target.length - one.target.length);
  const here = named.find(({ file }) => message.includes(file)) ?? named[0];
  return here === undefined ? undefined : manifest.locate(here.path);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
