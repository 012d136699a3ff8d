import { field, type PlainFields, fields, list, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";
import { quantityOf } from "../core/kubernetes/quantity.ts";

/** The requests and limits of a container, by resource (`cpu`, `memory`). */
export interface Resources {
  readonly requests: PlainFields;
  readonly limits: PlainFields;
}

/** A LimitRange's entry for containers, with the defaults that the API server adds to it. */
export interface ContainerLimits {
  readonly range: Manifest;
  readonly default: PlainFields;
  readonly defaultRequest: PlainFields;
  readonly min: PlainFields;
  readonly max: PlainFields;
  readonly ratio: PlainFields;
}

/**
 * Returns the entries for containers in the LimitRanges of a workload's namespace. In each, a missing default limit is
 * the maximum, and a missing default request the default limit, otherwise the minimum.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem
 */
export function containerLimits(workload: Manifest, beside: readonly Manifest[]): readonly ContainerLimits[] {
  return beside
    .filter((each) => isKind(each, "", "LimitRange") && mayBeIn(each, workload.namespace))
    .flatMap((range) =>
      list(range.value, "spec", "limits")
        .filter((item) => text(item, "type") === "Container")
        .map((item) => {
          const [min, max] = [given(item, "min"), given(item, "max")];
          const limit = { ...max, ...given(item, "default") };
          const defaultRequest = { ...min, ...limit, ...given(item, "defaultRequest") };
          return { range, default: limit, defaultRequest, min, max, ratio: given(item, "maxLimitRequestRatio") };
        }),
    );
}

/**
 * Returns the resources that the API server gives a container: a missing request equals the limit, then each LimitRange
 * fills in what is still missing, resource by resource.
 * https://github.com/kubernetes/kubernetes/blob/v1.35.0/plugin/pkg/admission/limitranger/admission.go
 */
export function effectiveResources(container: unknown, ranges: readonly ContainerLimits[]): Resources {
  const own = given(field(container, "resources"), "limits");
  const initial = { limits: own, requests: { ...own, ...given(field(container, "resources"), "requests") } };
  return ranges.reduce<Resources>(
    (resources, range) => ({
      limits: { ...range.default, ...resources.limits },
      requests: { ...range.defaultRequest, ...resources.requests },
    }),
    initial,
  );
}

/** Returns why the API server rejects a container's pod, in the order of its checks. Ignores invalid quantities. */
export function violations({ requests, limits }: Resources, entry: ContainerLimits): readonly string[] {
  const said: string[] = [];
  const range = `LimitRange ${entry.range.name}`;
  const compare = (
    resource: string,
    bound: unknown,
    value: unknown,
    isBroken: (value: number, bound: number) => boolean,
  ): boolean => {
    const [limit, number] = [quantityOf(bound), quantityOf(value)];
    return limit !== undefined && number !== undefined && isBroken(number, limit);
  };
  const below = (value: number, bound: number): boolean => value < bound;
  const above = (value: number, bound: number): boolean => value > bound;
  for (const [resource, bound] of Object.entries(entry.min)) {
    if (requests[resource] == null)
      said.push(`no requests.${resource}, but ${range} requires at least ${shown(bound)}`);
    for (const [of, values] of [
      ["requests", requests],
      ["limits", limits],
    ] as const) {
      if (compare(resource, bound, values[resource], below)) {
        said.push(`${of}.${resource} ${shown(values[resource])} is below the minimum ${shown(bound)} of ${range}`);
      }
    }
  }
  for (const [resource, bound] of Object.entries(entry.max)) {
    if (limits[resource] == null) said.push(`no limits.${resource}, but ${range} requires at most ${shown(bound)}`);
    for (const [of, values] of [
      ["requests", requests],
      ["limits", limits],
    ] as const) {
      if (compare(resource, bound, values[resource], above)) {
        said.push(`${of}.${resource} ${shown(values[resource])} is above the maximum ${shown(bound)} of ${range}`);
      }
    }
  }
  for (const [resource, bound] of Object.entries(entry.ratio)) {
    const [request, limit, most] = [requests[resource], limits[resource], bound].map(quantityOf);
    if (request === undefined || limit === undefined || most === undefined || limit / request <= most) continue;
    said.push(`limits.${resource} is more than ${shown(bound)} times its request, the maximum of ${range}`);
  }
  return said;
}

/** A field that is `null` counts as missing. */
function given(value: unknown, key: string): PlainFields {
  return Object.fromEntries(Object.entries(fields(value, key)).filter(([, each]) => each != null));
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
