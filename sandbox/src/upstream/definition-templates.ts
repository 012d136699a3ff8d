/**
 * Returns the templates that External Secrets' release build makes from its definitions, by their singular names: each
 * is installed unless the chart's values turn it off (its hack/helm.generate.sh).
 */
export function definitionTemplates(bundle: string): Readonly<Record<string, string>> {
  const documents = bundle.split(/^---\n/m).filter((text) => text.trim() !== "");
  return Object.fromEntries(
    documents.map((text) => {
      const kind = named(text, "kind");
      const condition = /^(Cluster|PushSecret)/.test(kind)
        ? `and (.Values.installCRDs) (.Values.crds.create${kind})`
        : ".Values.installCRDs";
      return [named(text, "singular"), `{{- if ${condition} }}\n${text.trimEnd()}\n{{- end }}\n`];
    }),
  );
}

/** Returns a field of the definition's `spec.names`. */
function named(text: string, field: string): string {
  const names = /^ {2}names:\n((?: {4}.*\n)+)/m.exec(text)?.[1] ?? "";
  const value = new RegExp(`^ {4}${field}: (\\S+)$`, "m").exec(names)?.[1];
  if (value === undefined) throw new Error(`a definition of External Secrets has no ${field}`);
  return value;
}
