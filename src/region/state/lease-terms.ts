/**
 * How long a lease lasts after its last heartbeat. A contender takes it over when it has watched it unchanged for this
 * long by its own clock: no two clocks are ever compared.
 */
export const leaseMs = 60_000;
export const heartbeatMs = 10_000;
/**
 * How long a holder trusts its lease, counted from the moment it sent the heartbeat that succeeded. The rest of the
 * lease is for calls in flight, and for clocks that run at different speeds.
 */
export const trustMs = 45_000;
/** How often a contender looks whether a lease has changed. */
export const lookMs = 1_000;
