import { addon } from "./addons.ts";
import { nodeGroup } from "./node-group.ts";

/** CoreDNS is a Deployment: without nodes it never becomes active. */
export const coredns = addon("coredns", [nodeGroup]);
