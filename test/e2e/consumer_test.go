package e2e

import (
	"os"
	"testing"
)

// What the documentation shows is what these tests run.
func TestProject_HasTheConsumerOfTheDocumentation(t *testing.T) {
	t.Parallel()
	shown, err := os.ReadFile("../../examples/resources/channels_delivery/consumers.py")
	if err != nil {
		t.Fatal(err)
	}
	used, err := os.ReadFile("project/checks/consumers.py")
	if err != nil {
		t.Fatal(err)
	}
	if string(shown) != string(used) {
		t.Errorf("the project has\n%s\nand the documentation shows\n%s", used, shown)
	}
}
