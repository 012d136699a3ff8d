import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const sandboxCodes = {
  SANDBOX_GO_MISSING: {
    exit: exit.usage,
    title: "The sandbox cannot be compiled: Go is missing or too old",
    explain:
      "The sandbox's programs are compiled once from pinned Go modules, those of a control plane at the first `up`, others when they are first needed, and then kept in the cache. Install the Go that the message names, or set KUBEBUILDER_ASSETS to a folder that has the programs it names.",
  },
  SANDBOX_PYTHON_MISSING: {
    exit: exit.usage,
    title: "The sandbox's AWS endpoint cannot run: Python is missing or too old",
    explain:
      "The AWS endpoint of the sandbox is a Python program in its own virtual environment. Install the Python that the message names, with its module venv (a separate package on Debian and Ubuntu, python3-venv).",
  },
  SANDBOX_BUILD_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox could not be downloaded or compiled",
    explain:
      "The message has the end of what the compiler or the package installer said. Most often the module proxy or the package index cannot be reached (GOPROXY, HTTPS_PROXY and pip's configuration are honoured), or the disk is full: a build needs 5 GB while it runs, 6 GB for profile full, of which less than 700 MB stay, and 900 MB more of profile full.",
  },
  SANDBOX_FULL_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run profile full",
    explain:
      "Profile full runs Istio, Argo CD and what belongs to them as processes of this machine; pods that really run live in network namespaces. The message names what this machine lacks. Profile core needs none of it.",
  },
  SANDBOX_COMPONENT_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox did not start",
    explain:
      "The message has the end of the component's log and the log's path. `gennet sandbox up` again starts only what does not run. If another program has taken one of its ports meanwhile, `gennet sandbox down` and `up` choose new ones. Ports at which pods look for a service (5432 for PostgreSQL) are fixed: who listens there on all addresses, such as a published port of a container, has to let go of it or listen on 127.0.0.1.",
  },
  SANDBOX_BUSY: {
    exit: exit.conflict,
    title: "Another gennet is working on the same sandbox",
    explain:
      "Two commands cannot bring the same sandbox up or down at once. Wait for the other one; if it was killed, its lock is released after five seconds.",
  },
  SANDBOX_REGIONS_FIXED: {
    exit: exit.usage,
    title: "A sandbox keeps the regions it was made with",
    explain: "Bring it down first to make it again with other regions, or bring up another one beside it with --name.",
  },
  SANDBOX_NOT_FOUND: {
    exit: exit.usage,
    title: "There is no sandbox of that name",
    explain: "`gennet sandbox up --name NAME` makes one; without --name it is called default.",
  },
  SANDBOX_STATE_INVALID: {
    exit: exit.usage,
    title: "The sandbox's state cannot be read",
    explain:
      "It was written by another version of gennet, or was changed. `gennet sandbox down` ends what still runs and removes it.",
  },
  SANDBOX_MANIFEST_INVALID: {
    exit: exit.usage,
    title: "A service's manifests cannot be read",
    explain:
      "`gennet sandbox run PATH` applies what Kustomize builds of PATH/deploy/overlays/REGION or PATH/deploy/base, else every *.yaml below PATH/deploy. Each document needs apiVersion, kind and metadata.name; the message names file, line and column, or says what Kustomize said.",
  },
  SANDBOX_PODS_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run real pods",
    explain:
      "A real pod is processes in its own network, mount and pid namespaces, which Linux gives to root. Elsewhere a sandbox works all the same, with every pod simulated: scheduled and reported ready, but with nothing that runs.",
  },
  SANDBOX_IMAGE_INVALID: {
    exit: exit.usage,
    title: "Containers cannot be run from this folder",
    explain:
      "`gennet sandbox image NAME PATH` reads ENTRYPOINT, CMD, ENV and USER of the last stage of PATH/Dockerfile, and puts PATH/.venv/bin first on the PATH; a Python project needs its environment made (`uv sync`). Any other command stands behind `--`.",
  },
  SANDBOX_STORE_UNSUPPORTED: {
    exit: exit.usage,
    title: "This machine cannot run a data store",
    explain:
      "PostgreSQL and Redis are taken from the PATH, or else come as Python wheels. Neo4j is a Java program: its libraries are fetched by Maven, checked against pinned checksums, and kept in the cache.",
  },
  SANDBOX_FAULT_FAILED: {
    exit: exit.unhealthy,
    title: "A pod could not be made to fail, or to recover",
    explain:
      "The runtime of real pods acts on what `gennet sandbox fail` writes on a pod, and says so in a condition. It did not: it may not run (`gennet sandbox status`), or no container of the pod names a port (`kubectl describe pod` shows its events).",
  },
  SANDBOX_FAULT_UNKNOWN: {
    exit: exit.usage,
    title: "The sandbox has nothing of the kind that should fail",
    explain:
      "A pod is named as NAMESPACE/NAME, and only real ones can fail. istiod, argocd and eso are part of profile full, stores of a sandbox that was brought up --with them. `gennet sandbox status` shows every component there is.",
  },
  SANDBOX_NOT_ENDED: {
    exit: exit.unhealthy,
    title: "A process of the sandbox could not be ended",
    explain:
      "It did not end after SIGKILL: it hangs in the kernel, or belongs to another user. The message names its pid.",
  },
} as const satisfies ErrorCodes;
