// Package render writes down a resolved channel layer in the forms an app
// reads: .env text, the Python settings and CHANNEL_LAYERS as JSON.
//
// Everything here is a pure function. The bytes are frozen within a major
// version of the provider (golden files in testdata hold them): an upgrade
// must not redeploy apps.
//
// # .env text
//
// There is no .env format, only readers, and no way of quoting that all of
// them understand: "docker run --env-file" takes quotes for part of the value,
// a shell needs them. [DotEnv] therefore never quotes. It writes NAME=value
// and refuses a value that one of these would not read back as it is:
//
//   - bash 5.2 and dash: set -a; . file
//   - django-environ 0.11.2 and 0.14.0, the latter with parse_comments too
//   - docker run --env-file (docker/cli 29.9, pkg/kvfile)
//   - docker compose env_file (compose-go 2.16, dotenv)
//   - godotenv 1.5
//   - npm dotenv 16.4.5 (which Dokploy uses) and 18.0.10
//   - python-decouple 3.8
//   - python-dotenv 1.0.0 and 1.2.4
//   - systemd 252 EnvironmentFile=
//
// What each does was found by asking it; dotenv_rules.go has the result and
// the tests ask again. Three refusals are wider than what was seen, because what
// follows the character decides and that may change with the next password:
// "$" and "(" are refused in every place, and "~" where a shell would look for
// a user of that name.
//
// # Python
//
// [SettingsPython] writes the settings code that channelconfig.Resolve
// mirrors, with the layer's options. It expects what that code expects: DEBUG
// is defined above it.
package render
