/** The pod annotation that makes its proxy export statistics about ejections, open breakers and rejected calls. */
export const statisticsAnnotation =
  'sidecar.istio.io/statsInclusionRegexps: ".*outlier_detection.*,.*circuit_breakers.*,.*upstream_(rq|cx)_.*overflow.*"';
