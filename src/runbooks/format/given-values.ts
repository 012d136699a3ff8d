/** Names that a run sets: its folder, for files that belong to the report, and the kubeconfig context of its region. */
export const givenValues: readonly string[] = ["evidence", "context"];
