package provider_test

import (
	"math/big"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

// functionCase evaluates an expression into an output. Functions need
// Terraform 1.8; OpenTofu has them since 1.7.
func functionCase(steps ...resource.TestStep) resource.TestCase {
	c := testCase(steps...)
	c.TerraformVersionChecks = since("1.7.0")
	return c
}

func expression(code string, want knownvalue.Check) resource.TestStep {
	return resource.TestStep{
		Config:            "output \"result\" {\n value = " + code + "\n}",
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", want)},
	}
}

func refusal(code, pattern string) resource.TestStep {
	return resource.TestStep{Config: "output \"result\" {\n value = " + code + "\n}", ExpectError: regexp.MustCompile(pattern)}
}

func TestAccFunctions_ParseURL(t *testing.T) {
	resource.ParallelTest(t, functionCase(
		expression(`provider::channels::parse_url("rediss://User:p%40s%23@H.example.com/3?socket_timeout=10&health_check_interval=30")`,
			knownvalue.ObjectExact(map[string]knownvalue.Check{
				"scheme": text("rediss"), "tls": knownvalue.Bool(true), "host": text("h.example.com"),
				"port": knownvalue.NumberExact(big.NewFloat(6379)), "path": knownvalue.Null(),
				"username": text("User"), "password": text("p@s#"), "db": knownvalue.NumberExact(big.NewFloat(3)),
				"options": knownvalue.MapExact(map[string]knownvalue.Check{"socket_timeout": text("10"), "health_check_interval": text("30")}),
			})),
		expression(`provider::channels::parse_url("unix:///run/redis.sock?db=2", "5.2.1")`,
			knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"host": knownvalue.Null(), "port": knownvalue.Null(), "path": text("/run/redis.sock"), "password": knownvalue.Null(),
				"db": knownvalue.NumberExact(big.NewFloat(2)),
			})),
		expression(`can(provider::channels::parse_url("redis://h:99999"))`, knownvalue.Bool(false)),
		refusal(`provider::channels::parse_url("redis://:made#up@h:6379")`, `redis-py\s+refuses\s+this\s+URL`),
		refusal(`provider::channels::parse_url("redis://h", "nonsense")`, `version`),
		refusal(`provider::channels::parse_url(null)`, `null`),
	))
}

func TestAccFunctions_BuildURL(t *testing.T) {
	resource.ParallelTest(t, functionCase(
		expression(`provider::channels::build_url({ host = "redis", port = 6379, tls = true, username = "default", password = "p#s/w?d", db = null })`,
			text("rediss://default:p%23s%2Fw%3Fd@redis:6379")),
		expression(`provider::channels::parse_url(provider::channels::build_url({ host = "::1", password = "a b%25é" })).password`, text("a b%25é")),
		refusal(`provider::channels::build_url({ hostname = "redis" })`, `hostname`),
	))
}

func TestAccFunctions_RedactURL(t *testing.T) {
	resource.ParallelTest(t, functionCase(
		expression(`strcontains(provider::channels::redact_url("redis://default:made-up@redis.example.com:6379/1"), "made-up")`, knownvalue.Bool(false)),
		expression(`strcontains(provider::channels::redact_url("redis://default:made#up/x@redis.example.com"), "made")`, knownvalue.Bool(false)),
	))
}

func TestAccFunctions_Resolve(t *testing.T) {
	host := func(url, host knownvalue.Check, port knownvalue.Check) knownvalue.Check {
		return knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectExact(map[string]knownvalue.Check{"url": url, "host": host, "port": port})})
	}
	resource.ParallelTest(t, functionCase(
		expression(`provider::channels::resolve({ REDIS_URL = "redis://h" }, true)`, knownvalue.ObjectExact(map[string]knownvalue.Check{
			"backend_class": text("channels_redis.core.RedisChannelLayer"),
			"uses_redis":    knownvalue.Bool(true),
			"hosts":         host(text("redis://h"), knownvalue.Null(), knownvalue.Null()),
			"origins":       knownvalue.MapExact(map[string]knownvalue.Check{"backend_class": text("REDIS_URL"), "debug": text("DEBUG")}),
		})),
		expression(`provider::channels::resolve({ REDIS_URL = "", REDIS_HOST = null, REDIS_PORT = " 6_380 " }, null)`, knownvalue.ObjectPartial(map[string]knownvalue.Check{
			"hosts":   host(knownvalue.Null(), text("127.0.0.1"), knownvalue.NumberExact(big.NewFloat(6380))),
			"origins": knownvalue.MapPartial(map[string]knownvalue.Check{"host": text("default"), "port": text("REDIS_PORT")}),
		})),
		expression(`provider::channels::resolve({ DEBUG = "1" }, null).uses_redis`, knownvalue.Bool(false)),
		refusal(`provider::channels::resolve({ REDIS_URL = "redis://h", REDIS_PORT = "tcp://10.0.0.1:6379" }, false)`, `REDIS_PORT:\s+ValueError`),
		refusal(`provider::channels::resolve({ DEBUG = "yes" }, null)`, `DEBUG\s+decides`),
	))
}

func TestAccFunctions_Dotenv(t *testing.T) {
	resource.ParallelTest(t, functionCase(
		expression(`provider::channels::dotenv({ B = "redis://:p%23@h", A = "x", C = null })`, text("A=x\nB=redis://:p%23@h\n")),
		refusal(`provider::channels::dotenv({ A = "p#w" })`, `A: npm\s+dotenv`),
	))
}

func TestAccFunctions_UnknownArgumentsGiveUnknownResults(t *testing.T) {
	resource.ParallelTest(t, functionCase(resource.TestStep{
		Config: `
resource "terraform_data" "url" {
  input = "redis://h.example.com"
}
output "result" {
  value = provider::channels::parse_url(terraform_data.url.output).host
}`,
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", text("h.example.com"))},
	}))
}
