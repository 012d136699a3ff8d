import type { Application } from "../k8s/argocd/port.ts";

/** What decides whether that which an Application shows is from now. Times are RFC 3339, UTC. */
interface Standing {
  readonly comparedAt?: string;
  readonly paused: boolean;
  readonly deletingSince?: string;
  readonly conditions: Application["conditions"];
}

export function standing({ reconciledAt, paused, deletingSince, conditions }: Application): Standing {
  return {
    ...(reconciledAt === undefined ? {} : { comparedAt: new Date(reconciledAt).toISOString() }),
    paused,
    ...(deletingSince === undefined ? {} : { deletingSince: new Date(deletingSince).toISOString() }),
    conditions: conditions.map(({ type, message }) => ({ type, message })),
  };
}
