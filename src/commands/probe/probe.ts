import { argument, flag, type Input } from "../../core/command.ts";
import { mountedSecrets } from "../../core/probe.ts";
import { declare } from "../declare.ts";

const args = { calls: argument.many("CALL", "what to connect to, as a URL") };

const flags = {
  inPod: flag.switch("make the calls from a pod in each region, which is removed afterwards"),
  meshed: flag.switch("with --in-pod: give the pod a sidecar of Istio"),
  image: flag.text("REF", "with --in-pod: the image of gennet (default: `platform.probe.image` in gennet.yaml)"),
  listen: flag.integer("PORT", 1, "make no calls, but answer all HTTP requests on this port until stopped"),
  secrets: flag.textOr("FOLDER", mountedSecrets, "the folder that has a folder of files for each Secret"),
};

export type ProbeInput = Input<typeof args, typeof flags>;

export const probe = declare({
  path: ["probe"],
  summary: "try connections from here, or from a pod in a cluster",
  description:
    "Calls are tcp://HOST:PORT, http://HOST/PATH, https://HOST/PATH, postgres://HOST/DATABASE, rediss://HOST, bolt://HOST, which is a Neo4j, and otlp+http://HOST:PORT, which sends one span. Data stores must speak TLS, except Neo4j: there, only a uri in the Secret such as neo4j+s://HOST asks for it. With ?secret=NAME, gennet logs in to them with that Secret of the pod's namespace (keys username and password); without a host in the call, that is in the Secret, too (host, or the uri of Neo4j). With --in-pod, gennet runs itself in a Job without permissions, in the namespace of -n (default: default), and removes it. Without it, gennet makes the calls where it runs, which is what that Job does. With --listen, it is what others call: the gates of `region bootstrap` call such a pod of the mesh in plain text, which must fail. Exit codes: 0 all answered, 3 a call failed, 5 a call could not be made.",
  examples: [
    { run: "gennet probe tcp://10.0.3.7:5432 https://shop.example/health", says: "Try connections from here" },
    {
      run: "gennet probe --in-pod -n orders 'postgres://?secret=postgres' 'rediss://?secret=redis'",
      says: "Log in to the data stores of a service, from a pod",
    },
    {
      run: "gennet probe --in-pod --meshed http://orders.orders.svc.cluster.local/health",
      says: "Call a service through the mesh",
    },
  ],
  args,
  flags,
  answers: "ProbeReport",
});
