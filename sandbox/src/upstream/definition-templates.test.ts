import { expect, it } from "vitest";
import { definitionTemplates } from "./definition-templates.ts";

const definition = (kind: string): string =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  names:\n    kind: ${kind}\n` +
  `    singular: ${kind.toLowerCase()}\n  scope: Namespaced\n`;

it("Each definition becomes a template that the chart's values turn off: all at once, and some kinds alone", () => {
  const bundle = ["ExternalSecret", "ClusterSecretStore", "PushSecret"].map(definition).join("---\n");
  const templates = definitionTemplates(bundle);
  const first = (name: string) => templates[name]?.split("\n")[0];
  expect(Object.keys(templates)).toEqual(["externalsecret", "clustersecretstore", "pushsecret"]);
  expect(first("externalsecret")).toBe("{{- if .Values.installCRDs }}");
  expect(first("clustersecretstore")).toBe(
    "{{- if and (.Values.installCRDs) (.Values.crds.createClusterSecretStore) }}",
  );
  expect(first("pushsecret")).toBe("{{- if and (.Values.installCRDs) (.Values.crds.createPushSecret) }}");
  expect(templates["externalsecret"]).toBe(
    `{{- if .Values.installCRDs }}\n${definition("ExternalSecret")}{{- end }}\n`,
  );
});

it("A document without names is not taken for a definition", () => {
  expect(() => definitionTemplates("kind: ConfigMap\n")).toThrow("has no kind");
});
