import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const kubernetesCodes = {
  KUBECONFIG_INVALID: {
    exit: exit.usage,
    title: "The kubeconfig is unusable",
    explain:
      "A file in KUBECONFIG (or ~/.kube/config) is missing, is not YAML, or refers to something that does not exist. Or it disables certificate verification, which gennet does not support. `kubectl config view` shows how kubectl reads it.",
  },
  KUBE_CONTEXT_UNKNOWN: {
    exit: exit.usage,
    title: "No kubeconfig context of that name",
    explain:
      "--context, and `context` of a region in gennet.yaml, take the name of a kubeconfig context. `kubectl config get-contexts` lists them; the variable KUBECONFIG sets the files to read.",
  },
  KUBE_CONTEXT_MISMATCH: {
    exit: exit.usage,
    title: "The kubeconfig context is of another cluster",
    explain:
      "Before gennet writes into a cluster through the `context` of a region in gennet.yaml, it compares the context with what EKS reports about the region's cluster: the certificate authority must be the same, or the address if the context has no authority. They differ if contexts are mixed up, if the cluster was created again, or after EKS has replaced the cluster's authority. `aws eks update-kubeconfig` writes a context that fits; without `context`, gennet asks EKS itself.",
  },
  KUBE_UNREACHABLE: {
    exit: exit.unreachable,
    title: "The Kubernetes API server is unreachable",
    explain:
      "The connection failed, the server's certificate is not signed by the cluster's CA, or there was no response within --request-timeout. The state of the cluster is unknown. Check the network (VPN, proxy, the endpoint's public access list), that the cluster still exists, and that the kubeconfig is for this cluster.",
  },
  KUBE_DENIED: {
    exit: exit.denied,
    title: "The Kubernetes API server denied permission",
    explain:
      "401: the credentials were rejected; they may have expired, or the identity has no access entry in the EKS cluster. 403: the identity is known, but RBAC does not allow this request. `kubectl auth whoami` and `kubectl auth can-i --list` show who you are and what you may do.",
  },
  KUBE_REJECTED: {
    exit: exit.unhealthy,
    title: "The Kubernetes API server rejected the object",
    explain:
      "The object does not match its schema, or an admission policy, webhook or quota rejected it. The message is from the API server. Change the object or the policy.",
  },
  KUBE_KIND_NOT_SERVED: {
    exit: exit.unhealthy,
    title: "The cluster does not support this kind of object",
    explain:
      "The API server does not serve this kind in this version: its CustomResourceDefinition is not installed yet, or only in another version. `kubectl api-resources` lists the kinds it serves.",
  },
  KUBE_CONFLICT: {
    exit: exit.conflict,
    title: "The object is owned or was changed by another client",
    explain:
      "Another field manager owns a field that gennet wants to set, or the object changed between reading and writing. The message names the fields and their owner. Run the command again; if the error persists, decide which of the two should own the field.",
  },
  KUBE_FORWARD_FAILED: {
    exit: exit.unreachable,
    title: "Cannot connect to a pod through the API server",
    explain:
      "gennet queries proxies and control planes through port-forwards (`pods/portforward`). The pod is gone or not running, it does not listen on the port, or the API server cannot reach its node's kubelet. `kubectl port-forward` to the same pod and port fails the same way. The information that gennet wanted to read is unknown.",
  },
  KUBE_FAILING: {
    exit: exit.unreachable,
    title: "The Kubernetes API server reports an internal error",
    explain:
      "The API server was reached but failed (HTTP 5xx), or asked to retry later than --request-timeout allows (HTTP 429). It may be starting, out of memory, disconnected from etcd, or waiting for an admission webhook that does not respond.",
  },
  KUBE_TIMED_OUT: {
    exit: exit.timedOut,
    title: "The Kubernetes API server responded too slowly",
    explain:
      "The response was not complete within --request-timeout. The server works, but the connection is slow or the response is large. Pass a longer --request-timeout, or narrow the request with -n.",
  },
} as const satisfies ErrorCodes;
