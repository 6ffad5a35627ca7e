# A file for EnvironmentFile= of chat.service:
#
#   terraform output -raw dotenv | install -D -m 0600 /dev/stdin /etc/chat/channels.env
#   systemctl restart chat

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

output "dotenv" {
  value     = provider::channels::dotenv(channels_layer.production.environment)
  sensitive = true
}
