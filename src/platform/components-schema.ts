import * as z from "zod";

/** Values of a Helm chart, in addition to gennet's own; the same key wins over gennet's. */
const valuesSchema = z.record(z.string(), z.json()).default({});

/** A component that gennet brings, or one that the team installed itself and gennet leaves alone. */
const componentSchema = z
  .union([z.literal("external"), z.strictObject({ values: valuesSchema })], {
    error: 'expected "external", or values of its chart',
  })
  .prefault({});

/**
 * What runs inside every cluster beside the services: Argo CD installs it from the GitOps repository. Without this key,
 * gennet installs nothing in a cluster, and expects nothing there.
 */
export const componentsSchema = z.strictObject({
  mirror: z
    .string()
    .min(1)
    .optional()
    .describe(
      "A Git repository with the charts and manifests of all components; without one, they come from the repositories of their projects.",
    ),
  istio: componentSchema.describe(
    "The mesh. Values are those of istiod's chart; under the key gateway, those of the gateway's.",
  ),
  externalSecrets: componentSchema.describe("External Secrets, with a ClusterSecretStore for the region."),
  metrics: z
    .union([z.literal("external"), z.strictObject({})], { error: 'expected "external", or {}' })
    .prefault({})
    .describe("Prometheus."),
  tracing: z
    .strictObject({
      endpoint: z.url({ protocol: /^https?$/ }).describe("Where the Collector sends spans by OTLP over HTTP."),
    })
    .describe("The Collector, which receives the spans of services and of the mesh."),
  probe: z
    .strictObject({ image: z.string().min(1).describe("The image of gennet, with a tag or a digest.") })
    .optional()
    .describe("What `gennet probe` runs in a cluster; without it, what only a pod can find out is unknown."),
});

export type Components = z.output<typeof componentsSchema>;
/** The components that gennet.yaml can leave to the team. */
export type OptionalComponent = "istio" | "externalSecrets" | "metrics";
