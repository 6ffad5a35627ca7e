# Local, staging and production from one root, each in a workspace with a state
# of its own:
#
#   terraform workspace select -or-create staging
#   TF_VAR_redis_url=... terraform apply

terraform {
  required_version = ">= 1.7"

  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_url" {
  description = "REDIS_URL of the environment whose workspace is selected; null without one."
  type        = string
  default     = null
  sensitive   = true
}

locals {
  environments = {
    default    = { debug = true, require_tls = false, prefix = null } # a laptop
    staging    = { debug = false, require_tls = true, prefix = "chat-staging" }
    production = { debug = false, require_tls = true, prefix = "chat-production" }
  }
  # A workspace with another name is an error here, and not production by accident.
  environment = local.environments[terraform.workspace]
}

module "layer" {
  source = "../../modules/channel_layer"

  redis_url   = var.redis_url
  debug       = local.environment.debug
  require_tls = local.environment.require_tls
  config      = { prefix = local.environment.prefix }

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

output "environment" {
  description = "The variables of the app."
  value       = module.layer.environment
  sensitive   = true
}

output "backend" {
  value = module.layer.backend_class
}
