/**
 * The name that the receiver, the exporter and the pipeline of a Collector share in which a span is answered only when
 * the backend has taken it. Only gennet sends spans there, so they are not counted.
 */
export const synchronousPipeline = "synchronous";
