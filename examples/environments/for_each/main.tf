# Local, staging and production from one root and one state. Where each
# environment has a state of its own, see ../workspaces.

terraform {
  required_version = ">= 1.7"

  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_urls" {
  description = "REDIS_URL by environment. An environment without one has its layer in memory."
  type        = map(string)
  sensitive   = true
}

locals {
  environments = {
    local      = { debug = true, require_tls = false, prefix = null }
    staging    = { debug = false, require_tls = true, prefix = "chat-staging" }
    production = { debug = false, require_tls = true, prefix = "chat-production" }
  }

  # Where each layer keeps its messages: Redis, database and prefix. The app
  # would deliver messages of one environment in another that is in the same
  # place. What redis-py makes of a URL decides, not how it is written.
  places = [
    for name, url in var.redis_urls : join(" ", [
      try(provider::channels::parse_url(url).host, "?"),
      try(provider::channels::parse_url(url).port, "?"),
      try(provider::channels::parse_url(url).db, "?"),
      try(coalesce(local.environments[name].prefix), "asgi"),
    ])
  ]
}

module "layer" {
  source   = "../../modules/channel_layer"
  for_each = local.environments

  redis_url   = lookup(var.redis_urls, each.key, null)
  debug       = each.value.debug
  require_tls = each.value.require_tls
  config      = { prefix = each.value.prefix }

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

output "environments" {
  description = "The variables of the app, by environment."
  value       = { for name, layer in module.layer : name => layer.environment }
  sensitive   = true

  precondition {
    condition     = length(distinct(local.places)) == length(local.places)
    error_message = "Two environments have the same Redis, database and prefix."
  }
}

output "backends" {
  value = { for name, layer in module.layer : name => layer.backend_class }
}
