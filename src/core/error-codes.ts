import { exit, type Exit } from "./exit.ts";

interface ErrorCodeFacts {
  readonly exit: Exit;
  /** One line: what this code says. */
  readonly title: string;
  /** What `gennet explain CODE` prints: why it happens and how to get out of it. */
  readonly explain: string;
}

/** Every code an AppError may carry, declared once; the reference and `explain` are made from this table. */
export const errorCodes = {
  INTERRUPTED: {
    exit: exit.interrupted,
    title: "The command was stopped",
    explain:
      "Ctrl-C or a termination signal ended the command. What had been applied stays; run the same command again to go on.",
  },
  TIMED_OUT: {
    exit: exit.timedOut,
    title: "The command took longer than --timeout",
    explain:
      "The time given by --timeout was used up before the command was done. What had been applied stays; run it again, with a longer --timeout if the work is known to be slow.",
  },
  USAGE_INVALID: {
    exit: exit.usage,
    title: "The command line is not understood",
    explain:
      "A command, flag or argument does not exist or has a value that is not allowed. `gennet COMMAND --help` shows what is.",
  },
  USAGE_ANSWER_MISSING: {
    exit: exit.usage,
    title: "A question could not be asked",
    explain:
      "The command needs an answer, but there is no terminal to ask on (or --no-input was given). Give the answer by the flag that the message names.",
  },
  CONFIG_NOT_FOUND: {
    exit: exit.usage,
    title: "There is no gennet.yaml",
    explain:
      "gennet.yaml is looked for from the current folder upwards. Write one with `gennet init`, name one with --config, or use --context to work on a cluster without one.",
  },
  CONFIG_INVALID: {
    exit: exit.usage,
    title: "gennet.yaml is not valid",
    explain:
      "The message names file, line and column, and what was expected there. Editors find such mistakes while typing if the file's first line names the schema, as the files written by `gennet init` do.",
  },
  REGION_UNKNOWN: {
    exit: exit.usage,
    title: "No region of that name in gennet.yaml",
    explain: "--region takes the `name` of a region of gennet.yaml, not the AWS region's name.",
  },
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
    title: "Somebody else owns or has changed the object",
    explain:
      "Another field manager owns a field that gennet wants to set, or the object was changed between reading and writing. The message names the fields and their owner. Run the command again; if it says the same, decide which of the two should own the field.",
  },
  KUBE_FAILING: {
    exit: exit.unreachable,
    title: "The Kubernetes API server answers with an error of its own",
    explain:
      "The server was reached but could not do its work (HTTP 5xx), or asked for patience longer than --request-timeout (HTTP 429). It may be starting, short of memory, without its etcd, or waiting for an admission webhook that does not answer.",
  },
  KUBE_TIMED_OUT: {
    exit: exit.timedOut,
    title: "The Kubernetes API server began to answer but was too slow",
    explain:
      "The answer was not complete within --request-timeout. The server works; the connection is slow or the answer large. Give a longer --request-timeout, or narrow the question with -n.",
  },
  CONFIG_UNREADABLE: {
    exit: exit.usage,
    title: "gennet.yaml cannot be read",
    explain: "The file is there, but it is a folder or this user may not read it. The message has the path and the reason.",
  },
  CONFIG_REQUIRES_OTHER_VERSION: {
    exit: exit.usage,
    title: "gennet.yaml is for another version of gennet",
    explain:
      "The file's `requires` names the versions of gennet it was written for, and this is none of them. Install one that is, or change `requires` once you have checked that the file still means the same.",
  },
  CONFIG_EXISTS: {
    exit: exit.conflict,
    title: "There is a gennet.yaml already",
    explain:
      "`gennet init` never overwrites a file. Edit the one that is there, move it away, or have another one written with --config.",
  },
  CONFIG_UNWRITABLE: {
    exit: exit.usage,
    title: "gennet.yaml cannot be written",
    explain: "The folder does not exist, this user may not write it, or the disk is full. Nothing half-written is left.",
  },
  SCAFFOLD_NAME_INVALID: {
    exit: exit.usage,
    title: "A service cannot have this name",
    explain:
      "A service's name becomes a Kubernetes Service and namespace (a DNS label that begins with a letter, at most 63 characters, none that the cluster uses itself) and a Python package (no keyword, no module of the standard library, none that the service depends on).",
  },
  SCAFFOLD_TARGET_OUTSIDE: {
    exit: exit.usage,
    title: "The folder to write is outside the current one",
    explain:
      "A new service is written below the current folder only, so that a mistyped path cannot reach other places; links on the way are followed first. Change to the folder that shall hold it.",
  },
  SCAFFOLD_TARGET_EXISTS: {
    exit: exit.conflict,
    title: "The folder to write is not empty",
    explain: "Nothing is ever overwritten or mixed with other files. Name another folder with --dir, or move that one away.",
  },
  SCAFFOLD_TARGET_UNWRITABLE: {
    exit: exit.usage,
    title: "The folder cannot be written",
    explain:
      "The folder that shall hold the new one does not exist, or may not be written by this user. Nothing was written.",
  },
  SCAFFOLD_DISK_FULL: {
    exit: exit.unhealthy,
    title: "The disk is full",
    explain: "Files are written beside their place first, so a full disk leaves nothing half-made. Make space and run it again.",
  },
  AWS_CREDENTIALS_MISSING: {
    exit: exit.denied,
    title: "There are no AWS credentials",
    explain:
      "Credentials come from the region's `profile` in gennet.yaml, or from the usual chain of the AWS SDK: variables, AWS_PROFILE, SSO, the machine's own role. None of them gave any. `aws sso login --profile NAME` logs in; `aws configure list` shows what the AWS tools see.",
  },
  AWS_CREDENTIALS_EXPIRED: {
    exit: exit.denied,
    title: "The AWS session has expired",
    explain: "Log in again with `aws sso login --profile NAME`, or renew the temporary keys in the environment, and run the same command again.",
  },
  AWS_CREDENTIALS_WRONG: {
    exit: exit.denied,
    title: "AWS does not know the credentials",
    explain:
      "The access key does not exist, was deactivated, or its secret is not right; a clock that is minutes off has the same effect. `aws configure list --profile NAME` shows where they come from.",
  },
  AWS_ACCOUNT_MISMATCH: {
    exit: exit.denied,
    title: "The AWS credentials are of another account",
    explain:
      "Before anything is written, AWS is asked who the credentials belong to, and the account must be the region's `accountId`. Set the region's `profile` or `roleArn` in gennet.yaml, or correct the `accountId`.",
  },
  AWS_DENIED: {
    exit: exit.denied,
    title: "AWS does not allow the call",
    explain:
      "The message names the call and AWS's reason. Allow the action in the IAM policies of the user or role, look for service control policies of the organization, or use another profile or role for the region.",
  },
  AWS_THROTTLED: {
    exit: exit.unreachable,
    title: "AWS kept throttling the call",
    explain:
      "The account makes more calls than AWS answers. The call was repeated with growing pauses and given up. What had been done stays; run the same command again in a minute. -v shows each repeat.",
  },
  AWS_UNREACHABLE: {
    exit: exit.unreachable,
    title: "AWS did not answer",
    explain:
      "No connection, no answer within --request-timeout, or an internal error on AWS's side. HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE are honoured, and AWS_ENDPOINT_URL, if set, is where calls go. Run the same command again.",
  },
  AWS_REJECTED: {
    exit: exit.unhealthy,
    title: "AWS refused the call",
    explain:
      "The call was understood and allowed but not done: a quota, a value AWS does not take, a thing in the wrong state. The message is AWS's own.",
  },
  SANDBOX_GO_MISSING: {
    exit: exit.usage,
    title: "The sandbox cannot be compiled: Go is missing or too old",
    explain:
      "The sandbox's control planes are compiled once from pinned Go modules and then kept in the cache. Install the Go that the message names, or set KUBEBUILDER_ASSETS to a folder that has the five programs: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok.",
  },
  SANDBOX_PYTHON_MISSING: {
    exit: exit.usage,
    title: "The sandbox's AWS endpoint cannot run: Python is missing or too old",
    explain:
      "The AWS endpoint of the sandbox is a Python program in a virtual environment of its own. Install the Python that the message names, with its module venv (a package of its own on Debian and Ubuntu, python3-venv).",
  },
  SANDBOX_BUILD_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox could not be downloaded or compiled",
    explain:
      "The message has the end of what the compiler or the package installer said. Most often the module proxy or the package index cannot be reached (GOPROXY, HTTPS_PROXY and pip's configuration are honoured), or the disk is full: a build needs 5 GB while it runs, of which less than 700 MB stay.",
  },
  SANDBOX_COMPONENT_FAILED: {
    exit: exit.unhealthy,
    title: "A part of the sandbox did not start",
    explain:
      "The message has the end of the component's log and the log's path. `gennet sandbox up` again starts only what does not run. If another program has taken one of its ports meanwhile, `gennet sandbox down` and `up` choose new ones.",
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
    explain:
      "Bring it down first to make it anew with other regions, or bring up another one beside it with --name.",
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
  SANDBOX_NOT_ENDED: {
    exit: exit.unhealthy,
    title: "A process of the sandbox could not be ended",
    explain: "It did not end after SIGKILL: it hangs in the kernel, or belongs to another user. The message names its pid.",
  },
  PLAN_DRIFTED: {
    exit: exit.conflict,
    title: "The world is no longer what the plan was made for",
    explain:
      "Somebody or something changed what the plan would change. Nothing but the plan is ever done, so the step was refused. Make a new plan with `gennet region plan` and look at it.",
  },
  PLAN_SPEC_CHANGED: {
    exit: exit.conflict,
    title: "gennet.yaml is no longer what the plan was made for",
    explain: "The plan file carries a hash of the region as gennet.yaml described it. It was edited since. Make a new plan with `gennet region plan --out FILE`.",
  },
  PLAN_INVALID: {
    exit: exit.usage,
    title: "The file is no plan",
    explain: "--plan takes a file that `gennet region plan --out FILE` wrote, by a version of gennet that writes the same form.",
  },
  STEP_FAILED: {
    exit: exit.unhealthy,
    title: "A step's thing reports that it failed",
    explain:
      "AWS or Kubernetes took the request but then reported failure; the message is theirs. What had been made stays. Mend the cause and run the same command again: it goes on from there.",
  },
  STEP_NOT_READY: {
    exit: exit.timedOut,
    title: "A step's thing did not become ready",
    explain:
      "It was made, but did not become ready in the time that such a thing takes at most. Nothing is undone. Run the same command again to go on waiting, or look at it in the AWS console.",
  },
  REGION_NOT_MANAGED: {
    exit: exit.conflict,
    title: "The cluster exists, but was not made by gennet",
    explain:
      "A cluster of the name that gennet.yaml gives exists without the tags that gennet puts on what it makes. It is never changed. Choose another `cluster` name for the region, or reach that cluster with --context for all that only reads.",
  },
  REGION_DOUBLED: {
    exit: exit.conflict,
    title: "AWS has two things where there should be one",
    explain:
      "Two resources carry the tags by which gennet knows its own. It cannot tell which one is right, so it changes neither. Delete the one that is not used, or remove its gennet tags.",
  },
} as const satisfies Record<string, ErrorCodeFacts>;

export type ErrorCode = keyof typeof errorCodes;
