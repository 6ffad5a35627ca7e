// Command demo shows what the provider does, for real: it builds the provider,
// starts a Redis, runs Terraform or OpenTofu with them and takes everything away
// again. `make demo` runs it; it asks nothing and installs nothing.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// patience bounds the whole demo, so that it ends whatever hangs. Building
// OpenTofu, where there is no Terraform, takes several minutes of it.
const patience = 20 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, patience)
	err := run(ctx)
	cancel()
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// run plays the demo and cleans up, whether it went well or not.
func run(ctx context.Context) error {
	say := newNarrator(os.Stdout)
	stage, err := newStage(say)
	if err == nil {
		err = stage.play(ctx)
	}
	interrupted := ctx.Err() != nil
	if stage != nil {
		err = errors.Join(err, stage.cleanUp())
	}
	switch {
	case interrupted:
		say.plain("Interrupted. Everything the demo started or wrote is gone again.")
		return context.Canceled
	case err != nil:
		say.plain("The demo did not go as it should: %v", err)
		return err
	}
	say.end()
	return nil
}

// stage is where the demo plays: one temporary directory and what runs from it.
type stage struct {
	say   *narrator
	root  string // of the checkout
	dir   string // temporary; everything is written below it
	redis *redisServer
	cli   *cli
}

// newStage makes the temporary directory.
func newStage(say *narrator) (*stage, error) {
	root, err := checkout()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "channels-demo-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	return &stage{say: say, root: root, dir: dir}, nil
}

// cleanUp stops what still runs and removes the temporary directory.
func (s *stage) cleanUp() error {
	if s.redis != nil {
		s.redis.stop()
	}
	return os.RemoveAll(s.dir)
}

// checkout finds the root of the checkout: the nearest directory upwards that
// has the example module.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the working directory: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(exampleModule), "main.tf")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run the demo inside a checkout of the provider: " + exampleModule + " was not found")
		}
		dir = parent
	}
}
