package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// providerAddress is short because only so it works in OpenTofu as well.
	providerAddress = "channel-layer/channels"
	// exampleModule is what the demo configures, relative to the checkout.
	exampleModule = "examples/modules/channel_layer"
	// The backends, as Django's settings name them.
	redisBackend    = "channels_redis.core.RedisChannelLayer"
	inMemoryBackend = "channels.layers.InMemoryChannelLayer"
)

// play shows everything in order.
func (s *stage) play(ctx context.Context) error {
	s.say.plain("A Django channel layer, declared as code and checked against a real Redis.")
	for _, scene := range []func(context.Context) error{
		s.buildProvider, s.prepareRedis, s.prepareCLI,
		s.planLayers, s.applyLayers, s.showWiring,
		s.wrongPassword, s.unescapedURL, s.redisStopped, s.destroyLayers,
	} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) buildProvider(ctx context.Context) error {
	s.say.step("Building the provider from this checkout. The first time Go compiles all of it, which takes a minute or two.")
	build := prepare(ctx, "go", "build", "-trimpath", "-o", filepath.Join(s.dir, binaryName()), ".")
	build.Dir = s.root
	// As make build does: no C compiler is needed, and Go finds what it compiled.
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	built, err := execute(build)
	if err != nil {
		return err
	}
	if built.code != 0 {
		return fmt.Errorf("go build failed:\n%s", built.output)
	}
	return nil
}

func (s *stage) prepareRedis(ctx context.Context) error {
	var err error
	if s.redis, err = startRedis(ctx, s.dir); err != nil {
		return err
	}
	s.say.hide(s.redis.password)
	s.say.step("Started a Redis with a password: %s on %s.", s.redis.title, s.redis.address)
	return nil
}

func (s *stage) prepareCLI(ctx context.Context) error {
	var err error
	if s.cli, err = findCLI(ctx, s); err != nil {
		return err
	}
	s.say.step("Found %s. It takes the provider from the build above; nothing is downloaded.", s.cli.version)
	return nil
}

// planLayers plans production and local through the one example module.
func (s *stage) planLayers(ctx context.Context) error {
	s.say.step("Planning two layers through %s: production, with the Redis above, and local, with debug = true.", exampleModule)
	if err := s.writeLayers(); err != nil {
		return err
	}
	if err := s.get(ctx, layersDir); err != nil {
		return err
	}
	planned, err := s.withURL(ctx, layersDir, s.redis.url(s.redis.password), "plan", "-input=false", "-no-color", "-out=layers.tfplan")
	if err != nil {
		return err
	}
	s.say.excerpt(lines(planned.output, "will be created", "Plan:"))
	return s.expect(planned, succeeds, "Plan: 2 to add")
}

// applyLayers applies the plan; the provider proves the layer against Redis.
func (s *stage) applyLayers(ctx context.Context) error {
	s.say.step("Applying the plan. The provider connects, logs in and stores nothing before Redis has answered.")
	applied, err := s.withURL(ctx, layersDir, s.redis.url(s.redis.password), "apply", "-input=false", "-no-color", "layers.tfplan")
	if err != nil {
		return err
	}
	s.say.excerpt(lines(applied.output, "Creation complete", "Apply complete!"))
	return s.expect(applied, succeeds, "Apply complete! Resources: 2 added")
}

// wiring is what the example module puts out; see its outputs.tf.
type wiring struct {
	Environment    map[string]string `json:"environment"`
	BackendClass   string            `json:"backend_class"`
	UsesRedis      bool              `json:"uses_redis"`
	SettingsPython string            `json:"settings_python"`
}

// showWiring prints what came out and compares it with what has to.
func (s *stage) showWiring(ctx context.Context) error {
	outputs, err := s.cli.outputs(ctx, filepath.Join(s.dir, layersDir))
	if err != nil {
		return err
	}
	var production, local wiring
	if err := errors.Join(
		json.Unmarshal(outputs["production"], &production),
		json.Unmarshal(outputs["local"], &local),
	); err != nil {
		return fmt.Errorf("read the wiring: %w", err)
	}
	s.say.step("The wiring of production: what to set in the app's environment (the password is masked here).")
	s.say.excerpt(environmentLines(production))
	s.say.step("The wiring of local.")
	s.say.excerpt(environmentLines(local))
	s.say.step("The settings code for production, which reads that environment. No secret is in it.")
	s.say.excerpt(production.SettingsPython)
	return errors.Join(
		same("backend of production", production.BackendClass, redisBackend),
		same("production uses Redis", production.UsesRedis, true),
		same("REDIS_URL of production", production.Environment["REDIS_URL"], s.redis.url(s.redis.password)),
		same("backend of local", local.BackendClass, inMemoryBackend),
		same("local uses Redis", local.UsesRedis, false),
		same("password in the settings code", strings.Contains(production.SettingsPython, s.redis.password), false),
	)
}

// environmentLines renders a wiring for people.
func environmentLines(w wiring) string {
	out := []string{"backend: " + w.BackendClass}
	names := make([]string, 0, len(w.Environment))
	for name := range w.Environment {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, name+"="+w.Environment[name])
	}
	return strings.Join(out, "\n")
}

// same complains when a value is not what it has to be. Values may be secret, so
// they are not in the error.
func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: not what it should be", what)
	}
	return nil
}

// wrongPassword plans production with a password that Redis refuses.
func (s *stage) wrongPassword(ctx context.Context) error {
	s.say.step("Now somebody mistypes the password of production. What plan says:")
	wrong, err := newPassword()
	if err != nil {
		return err
	}
	s.say.hide(wrong)
	planned, err := s.withURL(ctx, layersDir, s.redis.url(wrong), "plan", "-input=false", "-no-color")
	if err != nil {
		return err
	}
	s.say.excerpt(diagnostics(planned.output))
	return s.expect(planned, fails, "(auth/wrong-password)", wrong)
}

// unescapedURL validates a URL whose password holds a "#" as it is.
func (s *stage) unescapedURL(ctx context.Context) error {
	s.say.step("A password with a # that was not percent-encoded: redis-py would end the URL there. What validate says, before any plan:")
	secret, err := newPassword()
	if err != nil {
		return err
	}
	// Both halves are secret, and neither may be shown.
	first, second := secret[:12], secret[12:]
	s.say.hide(first)
	s.say.hide(second)
	if err := s.writeTypo("redis://default:" + first + "#" + second + "@redis.example.com:6379/0"); err != nil {
		return err
	}
	validated, err := s.cli.run(ctx, filepath.Join(s.dir, typoDir), nil, "validate", "-no-color")
	if err != nil {
		return err
	}
	s.say.excerpt(diagnostics(validated.output))
	return s.expect(validated, fails, "(url/unescaped-delimiter)", first, second)
}

// redisStopped plans and applies a new layer while Redis is down.
func (s *stage) redisStopped(ctx context.Context) error {
	s.redis.stop()
	s.say.step("Redis is stopped. Plan of a new layer only warns: its Redis may not be there yet, or not be reachable from here.")
	if err := s.writeNew(); err != nil {
		return err
	}
	url := s.redis.url(s.redis.password)
	planned, err := s.withURL(ctx, newDir, url, "plan", "-input=false", "-no-color", "-out=new.tfplan")
	if err != nil {
		return err
	}
	s.say.excerpt(diagnostics(planned.output))
	if err := s.expect(planned, succeeds, "(network/refused)"); err != nil {
		return err
	}
	s.say.step("Apply tries again for as long as `wait` says, 3 s in this demo, and then fails: nothing that depends on the layer would be deployed.")
	applied, err := s.withURL(ctx, newDir, url, "apply", "-input=false", "-no-color", "new.tfplan")
	if err != nil {
		return err
	}
	s.say.excerpt(diagnostics(applied.output))
	return s.expect(applied, fails, "(network/refused)")
}

// destroyLayers takes the layers away while Redis is still down.
func (s *stage) destroyLayers(ctx context.Context) error {
	s.say.step("Destroying the two layers. Redis is still down: an outage blocks no destroy.")
	destroyed, err := s.withURL(ctx, layersDir, s.redis.url(s.redis.password), "destroy", "-auto-approve", "-input=false", "-no-color")
	if err != nil {
		return err
	}
	s.say.excerpt(lines(destroyed.output, "Destruction complete", "Destroy complete!"))
	return s.expect(destroyed, succeeds, "Destroy complete! Resources: 2 destroyed")
}
