# Docker Compose, with its own Redis. Two files, because the app needs the URL
# and Redis only its password:
#
#   umask 077
#   terraform output -raw app_env >app.env
#   terraform output -raw redis_env >redis.env
#   docker compose up --detach

terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_password" {
  description = "The password that Redis gets."
  type        = string
  sensitive   = true
}

resource "channels_layer" "app" {
  redis_url = provider::channels::build_url({
    host     = "redis" # the name of the service in compose.yaml
    username = "default"
    password = var.redis_password
  })

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  # The name exists only between the containers, and Redis starts only after
  # this. The command of the provider checks from there, see compose.yaml.
  check = {
    on_plan  = "off"
    on_apply = "off"
  }
}

output "app_env" {
  value     = provider::channels::dotenv(channels_layer.app.environment)
  sensitive = true
}

# Of passwords with #, $, quotes and the like some reader would make another
# one: dotenv refuses them. The URL takes any.
output "redis_env" {
  value     = provider::channels::dotenv({ REDIS_PASSWORD = var.redis_password })
  sensitive = true
}
