/** The annotation of a pod that makes its proxy export what tells of ejections, open breakers and refused calls. */
export const statisticsAnnotation =
  'sidecar.istio.io/statsInclusionRegexps: ".*outlier_detection.*,.*circuit_breakers.*,.*upstream_(rq|cx)_.*overflow.*"';
