terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_url" {
  description = "REDIS_URL of production, with its password."
  type        = string
  sensitive   = true
}

locals {
  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

module "production" {
  source = "../modules/channel_layer"

  redis_url = var.redis_url
  packages  = local.packages
}

module "local" {
  source = "../modules/channel_layer"

  debug    = true
  packages = local.packages
}

output "production" {
  value     = module.production.environment
  sensitive = true
}

output "local" {
  value = {
    backend_class = module.local.backend_class
    variables     = module.local.variable_names
  }
}
