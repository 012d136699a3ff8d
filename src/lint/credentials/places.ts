import { isUtf8 } from "node:buffer";
import { field, fields, isFields, list, type Path, text, texts } from "../fields.ts";
import { isKind, type Manifest } from "../manifest.ts";
import { allContainersOf, hasPods } from "../workloads.ts";
import { type FoundCredential, inForm, inValue } from "./assignments.ts";
import { inCommand } from "./command-line.ts";
import { inConfigText, inData } from "./config-text.ts";

/** A credential in an object, with its location. */
export interface CredentialPlace extends FoundCredential {
  readonly path: Path;
  /** The container or file that holds it, for display: `container app: DB_PASSWORD`, `application.properties`. */
  readonly holder: string;
}

/**
 * Returns every plain-text credential in an object other than a Secret. `names` are the names of the tree's Secrets.
 */
export function credentialsIn(manifest: Manifest, names: ReadonlySet<string>): readonly CredentialPlace[] {
  const places = [
    ...allContainersOf(manifest).flatMap(({ name, value, path }) => [
      ...inEnvironment(`container ${name}`, value, path, names),
      ...inCommands(`container ${name}`, value, path, names),
    ]),
    ...(hasPods(manifest) ? [] : inContainersBelow(manifest.value, [], names)),
    ...(isKind(manifest, "", "ConfigMap") ? inConfigMap(manifest, names) : []),
    ...inHelmValues(manifest, names),
  ];
  const seen = places.map(({ path }) => JSON.stringify(path).slice(0, -1));
  const elsewhere = formsIn(manifest.value, []).filter(({ path }) => {
    const own = JSON.stringify(path).slice(0, -1);
    return !seen.some((each) => own.startsWith(each) || each.startsWith(own));
  });
  return [...places, ...elsewhere];
}

function inEnvironment(holder: string, container: unknown, at: Path, names: ReadonlySet<string>): CredentialPlace[] {
  return list(container, "env").flatMap((variable, index) => {
    const name = text(variable, "name") ?? "";
    const value = field(variable, "value");
    if (typeof value !== "string" && typeof value !== "number") return [];
    const content = String(value);
    const found = /\n|^\s*[[{]"/.test(content.trim())
      ? inConfigText(name, content, names)
      : inValue(name, content, names);
    return placed(found, [...at, "env", index, "value"], `${holder}: ${name}`, name);
  });
}

/**
 * The custom resources of operators, workflow engines and plug-ins contain containers and environment variables at any
 * depth.
 */
function inContainersBelow(value: unknown, at: Path, names: ReadonlySet<string>): CredentialPlace[] {
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((each, index) => inContainersBelow(each, [...at, index], names));
  }
  if (!isFields(value)) return [];
  const [name, key] = [text(value, "name"), at.at(-1)];
  const holder = name === undefined && typeof key === "string" ? key : `container ${name ?? key}`;
  return [
    ...inEnvironment(holder, value, at, names),
    ...(typeof value["image"] === "string" ? inCommands(holder, value, at, names) : []),
    ...Object.entries(value).flatMap(([key, below]) => inContainersBelow(below, [...at, key], names)),
  ];
}

function inCommands(holder: string, container: unknown, at: Path, names: ReadonlySet<string>): CredentialPlace[] {
  const hooks = ["postStart", "preStop"].map((hook) => ["lifecycle", hook, "exec", "command"]);
  const probes = ["livenessProbe", "readinessProbe", "startupProbe"].map((probe) => [probe, "exec", "command"]);
  // The entry point determines what the short options in its arguments mean.
  const words = [...texts(container, "command"), ...texts(container, "args")];
  const [main] = inCommand(words, names);
  const key =
    inCommand(texts(container, "args"), names).length > 0 || texts(container, "command").length === 0
      ? "args"
      : "command";
  return [
    ...(main === undefined
      ? []
      : placed([main], [...at, key], `${holder}: its ${key === "args" ? "arguments" : "command"}`)),
    ...[...hooks, ...probes].flatMap((path) =>
      placed(
        inCommand(texts(container, ...path), names),
        [...at, ...path],
        `${holder}: the command of its ${path[path.length - 3]}`,
      ),
    ),
  ];
}

function inConfigMap(manifest: Manifest, names: ReadonlySet<string>): CredentialPlace[] {
  const inFiles = Object.entries(fields(manifest.value, "binaryData")).flatMap(([name, content]) => {
    const bytes = Buffer.from(typeof content === "string" ? content : "", "base64");
    const found = isUtf8(bytes) ? inConfigText(name, bytes.toString("utf8"), names) : [];
    return placed(found, ["binaryData", name], name, name);
  });
  const inTexts = Object.entries(fields(manifest.value, "data")).flatMap(([name, content]) => {
    if (typeof content !== "string") return [];
    const isFile = /\n|^\s*[[{]/.test(content.trim()) || /\.[a-z]{2,10}$/.test(name);
    const found = isFile ? inConfigText(name, content, names) : inValue(name, content, names);
    return placed(found, ["data", name], name, name);
  });
  return [...inTexts, ...inFiles];
}

/** Values that Argo CD and Flux pass to a chart are stored in Git as plain text. */
function inHelmValues(manifest: Manifest, names: ReadonlySet<string>): CredentialPlace[] {
  const at = (path: Path): CredentialPlace[] => {
    const value = field(manifest.value, ...path);
    const found = typeof value === "string" ? inConfigText("values.yaml", value, names) : inData(value, names);
    return placed(found, path, "the chart's values");
  };
  if (isKind(manifest, "helm.toolkit.fluxcd.io", "HelmRelease")) return at(["spec", "values"]);
  const specs: Path[] = isKind(manifest, "argoproj.io", "Application")
    ? [["spec"]]
    : isKind(manifest, "argoproj.io", "ApplicationSet")
      ? [["spec", "template", "spec"]]
      : [];
  return specs
    .flatMap((spec): Path[] => [
      [...spec, "source"],
      ...list(manifest.value, ...spec, "sources").map((_, index) => [...spec, "sources", index]),
    ])
    .flatMap((source) => ["values", "valuesObject", "parameters"].flatMap((key) => at([...source, "helm", key])));
}

/** A key or token can be recognised in any field. */
function formsIn(value: unknown, path: Path): CredentialPlace[] {
  if (typeof value === "string")
    return placed(inForm(value), path, path.at(-1) === undefined ? "" : String(path.at(-1)));
  if (typeof value !== "object" || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, below]) => formsIn(below, [...path, key]));
}

export function placed(found: readonly FoundCredential[], path: Path, holder: string, own?: string): CredentialPlace[] {
  const [first] = found;
  if (first === undefined) return [];
  const { what, isDefault, name } = first;
  const inner = name === undefined || name === own ? holder : `${holder}, ${name},`;
  const worst = found.find((each) => each.isDefault !== true) ?? first;
  return worst === first
    ? [{ path, holder: inner, what, ...(isDefault === true ? { isDefault } : {}) }]
    : placed([worst], path, holder, own);
}
