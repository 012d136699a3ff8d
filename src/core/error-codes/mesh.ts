import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const meshCodes = {
  PROXY_ANSWER_INVALID: {
    exit: exit.unreachable,
    title: "The response of a proxy is not from Envoy's admin interface",
    explain:
      "A process other than Envoy listens on port 15000 of the pod, or Envoy's admin interface rejected the request. The calls and open breakers of this proxy are unknown. `istioctl proxy-config cluster POD` queries the same interface.",
  },
  ISTIOD_ANSWER_INVALID: {
    exit: exit.unreachable,
    title: "istiod did not return the state of its proxies",
    explain:
      "The debug endpoint /debug/syncz of an istiod rejected the request or returned something else. It may be disabled (ENABLE_DEBUG_ON_HTTP=false), and requires a token unless it is reached through the pod's loopback interface. Which proxies are in sync with this istiod is unknown. `istioctl proxy-status` queries the same endpoint.",
  },
  MESH_CANARY_FAILED: {
    exit: exit.unhealthy,
    title: "A pod of the new istiod does not work",
    explain:
      "Before another istiod becomes the default, gennet starts a pod in the namespace istio-canary, whose proxy comes from it, and calls the ingress gateway and the Collector from there. One of these calls failed. Nothing else uses the new istiod yet: every proxy keeps the one that it has. `gennet mesh` shows the istiods and their proxies. Fix what the message names, then run `gennet region bootstrap` again: it continues from there.",
  },
  MESH_CANARY_UNKNOWN: {
    exit: exit.unreachable,
    title: "Whether the new istiod works is unknown",
    explain:
      "Before another istiod becomes the default, gennet starts a pod in the namespace istio-canary, whose proxy comes from it, and calls the ingress gateway and the Collector from there. One of these calls has no result, and unknown is no pass. Every proxy keeps the istiod that it has. Run `gennet region bootstrap` again: it continues from there.",
  },
} as const satisfies ErrorCodes;
