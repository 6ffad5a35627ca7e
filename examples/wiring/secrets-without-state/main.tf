# A URL that stands in neither plan nor state: it comes from an ephemeral
# variable, is checked through write-only arguments, and reaches the Secret
# through one. It needs Terraform 1.11 or OpenTofu 1.11.

terraform {
  required_version = ">= 1.11"

  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.36"
    }
  }
}

variable "redis_url" {
  description = "REDIS_URL of the app; TF_VAR_redis_url, or what a secrets manager hands out."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "redis_url_version" {
  description = "Raise it whenever redis_url changes: nothing else shows that it did."
  type        = number
  default     = 1
}

locals {
  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

# Checks, at plan and apply.
resource "channels_layer" "production" {
  redis_url_wo         = var.redis_url
  redis_url_wo_version = var.redis_url_version
  packages             = local.packages
}

# Delivers: its outputs carry the URL and are never stored.
ephemeral "channels_layer" "production" {
  redis_url = var.redis_url
  packages  = local.packages
}

resource "kubernetes_secret_v1" "channel_layer" {
  metadata {
    name = "channel-layer"
  }

  data_wo          = ephemeral.channels_layer.production.environment
  data_wo_revision = var.redis_url_version

  depends_on = [channels_layer.production] # only what was proved is deployed
}
