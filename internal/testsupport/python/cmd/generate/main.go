// Command generate prints generated cases for the corpus, one JSON object a
// line, for internal/testsupport/python/corpus.py to record what the real
// packages do with them:
//
//	go run ./internal/testsupport/python/cmd/generate -seed 1 -count 1000 urls
//	go run ./internal/testsupport/python/cmd/generate -seed 1 -count 300 environments
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/python/generate"
)

func main() {
	seed := flag.Uint64("seed", 1, "where to start")
	count := flag.Uint64("count", 100, "how many cases")
	flag.Parse()
	if err := run(*seed, *count, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(seed, count uint64, what string) error {
	out := json.NewEncoder(os.Stdout)
	for index := range count {
		one := map[string]any{"note": fmt.Sprintf("generated, seed %d, case %d", seed, index)}
		switch what {
		case "urls":
			one["url"] = generate.URL(seed, index)
		case "environments":
			one["environ"] = generate.Environment(seed, index)
		default:
			return fmt.Errorf("say what to generate: urls or environments")
		}
		if err := out.Encode(one); err != nil {
			return err
		}
	}
	return nil
}
