# One channel layer, from a laptop to production. Whatever is null takes the
# effective default of channels_layer.

terraform {
  # For the provider's functions; OpenTofu has them since 1.7.
  required_version = ">= 1.7"

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
  hosts      = var.hosts
  tls        = var.tls
  debug      = var.debug
  backend    = var.backend
  config     = var.config
  packages   = var.packages
  check      = var.check
  triggers   = var.triggers

  django_settings_module = var.django_settings_module

  # A precondition, and no validation of the variable: Terraform prints the
  # value of a variable whose validation fails, sensitive or not.
  lifecycle {
    precondition {
      condition = !var.require_tls || try(provider::channels::parse_url(var.redis_url).tls, false) || try(length(var.hosts) > 0 && alltrue([
        for host in var.hosts : coalesce(host.tls, false) || try(provider::channels::parse_url(host.url).tls, false)
      ]), false)
      error_message = "require_tls is set: redis_url, or every URL in hosts, must begin with rediss://, or a host have tls."
    }
  }
}
