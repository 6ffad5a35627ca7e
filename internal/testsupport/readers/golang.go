package readers

import (
	"context"
	"os"
	"strings"

	compose "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/docker/cli/pkg/kvfile"
	"github.com/joho/godotenv"
)

// inProcess are the readers that are Go libraries, in the versions of go.mod.
func inProcess() []Reader {
	return []Reader{
		{Name: "docker --env-file", read: eachFile(readDocker)},
		{Name: "docker compose", read: eachFile(readCompose)},
		{Name: "godotenv", read: eachFile(func(file string) (map[string]string, error) { return godotenv.Read(file) })},
	}
}

func eachFile(read func(file string) (map[string]string, error)) func(context.Context, []string) ([]Result, error) {
	return func(_ context.Context, files []string) ([]Result, error) {
		results := make([]Result, len(files))
		for i, file := range files {
			results[i].Vars, results[i].Err = read(file)
		}
		return results, nil
	}
}

// readCompose is what the env_file of a service goes through. Nothing is
// there to interpolate from.
func readCompose(file string) (map[string]string, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return compose.ParseWithLookup(f, func(string) (string, bool) { return "", true })
}

func readDocker(file string) (map[string]string, error) {
	lines, err := kvfile.Parse(file, nil)
	if err != nil {
		return nil, err
	}
	vars := map[string]string{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		vars[name] = value
	}
	return vars, nil
}

// assigns reports whether a line of the text sets the variable.
func assigns(text, name string) bool {
	return strings.HasPrefix(text, name+"=") || strings.Contains(text, "\n"+name+"=")
}
