terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

# Everything here is optional.
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
