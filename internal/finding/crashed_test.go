package finding

import "testing"

func TestCrashed_IsUndeterminedAndNamesTheCheckAlone(t *testing.T) {
	outcome := Crashed("url/scheme")
	if outcome.Status != Undetermined || !outcome.Has(IDCrashed) {
		t.Fatalf("Crashed() = %+v, want an undetermined outcome with %s", outcome, IDCrashed)
	}
	if _, ok := NewRegistry(SharedDocs()).Lookup(IDCrashed); !ok {
		t.Errorf("SharedDocs() lacks %s", IDCrashed)
	}
}
