import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const probeCodes = {
  PROBE_IMAGE_UNSET: {
    exit: exit.usage,
    title: "No image of gennet is known for pods",
    explain:
      "What only a pod can find out is asked by gennet itself in a small Job. Its image is `platform.probe.image` in gennet.yaml, `--image` or the variable GENNET_IMAGE. The package of gennet has the Dockerfile of it: `docker build $(npm root --global)/gennet`. Push it to a registry that the cluster may pull from, and name it by its digest.",
  },
  PROBE_POD_REFUSED: {
    exit: exit.unreachable,
    title: "The cluster does not admit the pod of a probe",
    explain:
      "The Job was created, but its controller may not create the pod: an admission policy or webhook, or a quota of the namespace rejects it. The message is from the API server. The pod complies with the restricted Pod Security Standard, requests 50m of CPU and 96Mi of memory, and has no limit of CPU. Allow it, or probe from another namespace with -n. What it should have asked is unknown.",
  },
  PROBE_POD_NOT_STARTED: {
    exit: exit.unreachable,
    title: "The pod of a probe did not run",
    explain:
      "The image cannot be pulled (check its name, and that the nodes may pull from its registry), no node has room for it, or its sidecar does not start. The message is what the kubelet or the scheduler reports. gennet has removed the Job. What it should have asked is unknown.",
  },
  PROBE_SIDECAR_MISSING: {
    exit: exit.unreachable,
    title: "The pod of a probe got no sidecar",
    explain:
      "Whether the mesh refuses plain text is found out by a call to a pod of the mesh. Where no service runs yet, gennet creates one, with the label `sidecar.istio.io/inject: true`, and Istio's injector did not give it a sidecar. Its webhook does not select the pod (its namespace has another revision of Istio, or `istio-injection: disabled`), or does not answer and is set to ignore that. gennet has removed the Job. Whether plain text is refused is unknown.",
  },
  PROBE_PORT_UNUSABLE: {
    exit: exit.usage,
    title: "A port cannot be listened on",
    explain:
      "`gennet probe --listen` answers HTTP requests on a port. Another program uses it, or it needs privileges, as ports below 1024 do. Choose another one.",
  },
  PROBE_ANSWER_INVALID: {
    exit: exit.unreachable,
    title: "The pod of a probe did not answer as gennet does",
    explain:
      "The container ended without the answer of `gennet probe`: its image is not gennet, is another version, or ran out of memory (exit code 137). Build the image from the version of gennet that you run. What it should have asked is unknown.",
  },
} as const satisfies ErrorCodes;
