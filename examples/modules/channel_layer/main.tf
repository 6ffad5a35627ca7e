# One channel layer, from a laptop to production. Whatever is null takes the
# effective default of channels_layer.

terraform {
  # For optional() in object types.
  required_version = ">= 1.3"

  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

resource "channels_layer" "this" {
  redis_url  = var.redis_url
  redis_host = var.redis_host
  redis_port = var.redis_port
  debug      = var.debug
  backend    = var.backend
  config     = var.config
  packages   = var.packages
  check      = var.check
  triggers   = var.triggers

  django_settings_module = var.django_settings_module
}
