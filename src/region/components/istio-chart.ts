import { type ChartValues, type ComponentWorld, isBrought } from "./component.ts";

/** https://istio.io/latest/docs/setup/install/helm/ */
export const istioRepository = "https://istio-release.storage.googleapis.com/charts";
export const istioNamespace = "istio-system";

export const isMeshWanted = ({ platform }: Pick<ComponentWorld, "platform">): boolean =>
  isBrought(platform.platform, "istio");

/**
 * With the chart's default, istiod changes `Ignore` to `Fail` when it is ready, and Argo CD changes it back:
 * https://github.com/istio/istio/issues/52785. Until istiod is ready, no object of Istio can be created then; the waves
 * create none.
 */
export const validation: ChartValues = { base: { validationFailurePolicy: "Fail" } };

/** Returns `platform.istio.values` of gennet.yaml: istiod's, and under `gateway` those of the gateway. */
export function ownValues({ platform: { platform } }: Pick<ComponentWorld, "platform">): ChartValues {
  return platform === undefined || platform.istio === "external" ? {} : platform.istio.values;
}
