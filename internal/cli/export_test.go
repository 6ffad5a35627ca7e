package cli

// FixFor is the fix that is shown for a finding.
var FixFor = fixFor
