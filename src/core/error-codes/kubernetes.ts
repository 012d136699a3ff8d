import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const kubernetesCodes = {
  KUBECONFIG_INVALID: {
    exit: exit.usage,
    title: "The kubeconfig cannot be used",
    explain:
      "A file that KUBECONFIG names (or ~/.kube/config) is missing, is not YAML, or points at something that is not there; or it asks for what gennet does not do: it never talks to an API server without verifying its certificate. `kubectl config view` shows what kubectl makes of it.",
  },
  KUBE_CONTEXT_UNKNOWN: {
    exit: exit.usage,
    title: "No context of that name in the kubeconfig",
    explain:
      "--context, and `context` of a region in gennet.yaml, take the name of a kubeconfig context. `kubectl config get-contexts` lists them; the variable KUBECONFIG says which files are read.",
  },
  KUBE_UNREACHABLE: {
    exit: exit.unreachable,
    title: "The Kubernetes API server cannot be reached",
    explain:
      "No connection came about, the server's certificate is not signed by the cluster's own CA, or nothing was answered within --request-timeout. Nothing is known about the cluster then, neither good nor bad. Check the network (VPN, proxy, the endpoint's public access list), that the cluster still exists, and that the kubeconfig is of this cluster.",
  },
  KUBE_DENIED: {
    exit: exit.denied,
    title: "The Kubernetes API server does not allow this",
    explain:
      "401: the credential is not accepted; it may have expired, or the identity behind it has no access entry in the EKS cluster. 403: the identity is known, but RBAC does not allow this request. `kubectl auth whoami` and `kubectl auth can-i --list` show who you are and what you may do.",
  },
  KUBE_REJECTED: {
    exit: exit.unhealthy,
    title: "The Kubernetes API server refused the object",
    explain:
      "The object is not valid for its schema, or an admission policy, webhook or quota refused it; the message is the server's own. The object must be changed, or the policy.",
  },
  KUBE_KIND_NOT_SERVED: {
    exit: exit.unhealthy,
    title: "The cluster does not know this kind of object",
    explain:
      "The API server serves no such kind in that version: its CustomResourceDefinition is not installed yet, or the cluster has it in another version only. `kubectl api-resources` lists what is served.",
  },
  KUBE_CONFLICT: {
    exit: exit.conflict,
    title: "The object is owned or was changed by another client",
    explain:
      "Another field manager owns a field that gennet wants to set, or the object was changed between reading and writing. The message names the fields and their owner. Run the command again; if it says the same, decide which of the two should own the field.",
  },
  KUBE_FORWARD_FAILED: {
    exit: exit.unreachable,
    title: "A port of a pod cannot be reached through the API server",
    explain:
      "gennet asks proxies and control planes through port-forwards (`pods/portforward`). The pod is gone or does not run, nothing listens on that port of it, or its node's kubelet cannot be reached from the API server. `kubectl port-forward` of the same pod and port says the same. Nothing is known about what would have been asked there.",
  },
  KUBE_FAILING: {
    exit: exit.unreachable,
    title: "The Kubernetes API server reports an internal error",
    explain:
      "The server was reached but could not do its work (HTTP 5xx), or asked for patience longer than --request-timeout (HTTP 429). It may be starting, short of memory, without its etcd, or waiting for an admission webhook that does not answer.",
  },
  KUBE_TIMED_OUT: {
    exit: exit.timedOut,
    title: "The Kubernetes API server began to answer but was too slow",
    explain:
      "The answer was not complete within --request-timeout. The server works; the connection is slow or the answer large. Give a longer --request-timeout, or narrow the question with -n.",
  },
} as const satisfies ErrorCodes;
