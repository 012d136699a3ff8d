import { secretStoreObject } from "../resources/platform-objects.ts";
import { type ChartValues, type ComponentWorld, isBrought, type PlatformComponent } from "./component.ts";
import { mergeValues } from "./merge-values.ts";
import { versionsOf } from "./versions.ts";
import { authorityOf } from "./webhook-authority.ts";

const namespace = "external-secrets";

const isWanted = ({ platform }: ComponentWorld): boolean => isBrought(platform.platform, "externalSecrets");

/** Its certificate controller writes its authority into them. */
const webhooks = ["secretstore-validate", "externalsecret-validate"];

export const externalSecrets: PlatformComponent = {
  id: "external-secrets",
  title: "External Secrets",
  version: (world) => versionsOf(world).externalSecrets,
  namespace,
  wave: 2,
  workloads: ["external-secrets", "external-secrets-cert-controller", "external-secrets-webhook"].map((name) => ({
    kind: "Deployment",
    namespace,
    name,
  })),
  isWanted,
  source: {
    chart: {
      name: "external-secrets",
      // https://external-secrets.io/latest/introduction/getting-started/
      repository: "https://charts.external-secrets.io",
      release: "external-secrets",
      values: operatorValues,
    },
  },
  ignores: [
    ...webhooks.map((name) => authorityOf("ValidatingWebhookConfiguration", name)),
    // Of the definitions whose versions it converts, too, where a chart turns that on.
    {
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
      jqPathExpressions: [".spec.conversion.webhook.clientConfig.caBundle"],
    },
  ],
};

function operatorValues({ platform: { platform } }: ComponentWorld): ChartValues {
  const scraped = { "prometheus.io/scrape": "true", "prometheus.io/port": "8080" };
  const values = { installCRDs: true, podAnnotations: scraped };
  if (platform === undefined || platform.externalSecrets === "external") return values;
  return mergeValues(values, platform.externalSecrets.values);
}

/** The store that ExternalSecrets of services name. */
export const secretStoreComponent: PlatformComponent = {
  id: "secret-store",
  title: "Secret store",
  namespace,
  wave: 3,
  workloads: [],
  isWanted,
  source: { manifests: (world) => [secretStoreObject(world)] },
};
