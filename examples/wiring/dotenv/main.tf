# The layer's variables as a .env file, which python-dotenv, django-environ,
# npm's dotenv, Docker, systemd and shells all read alike:
#
#   umask 077
#   terraform output -raw dotenv >app.env

terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_url" {
  description = "REDIS_URL of the app, with its password."
  type        = string
  sensitive   = true
}

resource "channels_layer" "production" {
  redis_url = var.redis_url

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

# The function fails where some reader would read a value otherwise than it is.
# The attribute dotenv is null then, and `output -raw` of null only warns.
output "dotenv" {
  value     = provider::channels::dotenv(channels_layer.production.environment)
  sensitive = true
}
