variable "redis_url" {
  type      = string
  sensitive = true
  ephemeral = true
}

# The wiring with its secrets, in neither plan nor state.
ephemeral "channels_layer" "production" {
  redis_url = var.redis_url

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

# The same layer as a resource, which checks it; the URL is write-only.
resource "channels_layer" "production" {
  redis_url_wo         = var.redis_url
  redis_url_wo_version = 1

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}
