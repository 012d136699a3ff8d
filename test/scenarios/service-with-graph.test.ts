import { featureSets } from "../support/feature-sets.ts";
import { passTheirOwnTests } from "../support/own-tests.ts";

// The other half is another file: two files run at a time.
passTheirOwnTests(featureSets.filter((chosen) => chosen.includes("neo4j")));
