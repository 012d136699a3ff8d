import { featureSets } from "../support/feature-sets.ts";
import { passTheirOwnTests } from "../support/own-tests.ts";

passTheirOwnTests(featureSets.filter((chosen) => !chosen.includes("neo4j")));
