import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const meshCodes = {
  PROXY_ANSWER_INVALID: {
    exit: exit.unreachable,
    title: "A proxy answers, but not as Envoy's admin interface does",
    explain:
      "Something listens on port 15000 of the pod that is no Envoy, or one whose admin interface refuses what is asked. What that proxy calls, and which breakers are open in it, is not known then. `istioctl proxy-config cluster POD` asks the same interface.",
  },
  ISTIOD_ANSWER_INVALID: {
    exit: exit.unreachable,
    title: "istiod answers, but not with the state of its proxies",
    explain:
      "The debug endpoint /debug/syncz of an istiod refused to answer, or answered with something else. It can be switched off (ENABLE_DEBUG_ON_HTTP=false), and asks for a token where it is not reached over the pod's loopback. Which proxies are in sync with that istiod is not known then. `istioctl proxy-status` asks the same.",
  },
} as const satisfies ErrorCodes;
