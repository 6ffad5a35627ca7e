# A Redis with an authority of its own that asks for a certificate of its clients.
# The app gets the authority inside of its URL and reads its certificate from
# files in its container; the check has their texts, and the key is stored nowhere.

terraform {
  required_version = ">= 1.10"
  required_providers {
    channels = { source = "channel-layer/channels" }
  }
}

variable "redis_url" {
  description = "The URL of the Redis, with rediss://."
  type        = string
  sensitive   = true
}

variable "redis_ca" {
  description = "The authority's certificate, as PEM text."
  type        = string
}

variable "certificate" {
  description = "The app's certificate, as PEM text."
  type        = string
}

variable "key" {
  description = "Its private key, as PEM text."
  type        = string
  sensitive   = true
  ephemeral   = true
}

provider "channels" {
  packages = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }
  tls = {
    certificate_pem = var.certificate
    key_pem         = var.key
  }
}

resource "channels_layer" "production" {
  redis_url = var.redis_url
  tls = {
    verify           = "full"
    ca_pem           = var.redis_ca
    certificate_file = "/run/secrets/redis/app.crt" # where the app runs
    key_file         = "/run/secrets/redis/app.key"
  }
}

output "environment" {
  value     = channels_layer.production.environment
  sensitive = true
}
