terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

# Everything in this block is optional, and so is the block.
provider "channels" {
  # The versions in the app: they decide what is an error and what is none.
  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  # In CI: a Redis that does not answer fails the plan, too.
  check = {
    on_plan = "error"
    timeout = "3s"
  }

  # Severities by finding id.
  findings = {
    "layer/in-memory-outside-debug" = "error"
  }
}

variable "redis_password" {
  type      = string
  sensitive = true
}

resource "channels_layer" "production" {
  redis_url = provider::channels::build_url({
    host     = "redis.internal.example.com"
    username = "default"
    password = var.redis_password # any characters: build_url encodes them
  })
}

# What to set in the app: a map; the attribute dotenv is the same as text.
output "environment" {
  value     = channels_layer.production.environment
  sensitive = true
}
