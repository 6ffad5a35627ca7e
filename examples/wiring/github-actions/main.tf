# The layer for the tests of the app in a GitHub workflow, see tests.yml.

terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_url" {
  type      = string
  default   = "redis://localhost:6379/0" # the service container of the workflow
  sensitive = true
}

resource "channels_layer" "tests" {
  redis_url = var.redis_url

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  # The tests run on the machine that the service container listens on.
  findings = {
    "host/loopback" = "off"
  }

  # Nothing in CI is created later: a Redis that does not answer is an error.
  check = {
    on_plan = "error"
  }
}

output "redis_url" {
  value     = channels_layer.tests.environment["REDIS_URL"]
  sensitive = true
}

output "dotenv" {
  value     = provider::channels::dotenv(channels_layer.tests.environment)
  sensitive = true
}
