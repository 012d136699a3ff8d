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
} as const satisfies ErrorCodes;
