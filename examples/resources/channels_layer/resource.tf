variable "redis_password" {
  type      = string
  sensitive = true
}

# Production: a URL with a password. The function encodes the password, so
# that no character of it can change the meaning of the URL.
resource "channels_layer" "production" {
  redis_url = provider::channels::build_url({
    host     = "redis.internal.example.com"
    username = "default"
    password = var.redis_password
  })

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  check = {
    wait = "2m" # a Redis that the same apply creates may take its time
  }
}

# Local: no URL and debug, so the layer lives in memory.
resource "channels_layer" "local" {
  debug = true

  packages = {
    channels = "4.3.2"
  }
}

# Exactly the variables the app needs, for the deployment.
output "environment" {
  value     = channels_layer.production.environment
  sensitive = true
}
