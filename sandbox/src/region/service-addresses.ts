/** The addresses of every region's Services: those that EKS uses by default, and that gennet asks for. */
export const serviceRange = "172.20.0.0/16";

/** The address of the Service `kubernetes`, the first one. */
export const apiserverAddress = "172.20.0.1";
