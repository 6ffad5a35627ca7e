variable "redis_url" {
  type      = string
  sensitive = true
}

variable "image" {
  type    = string
  default = "registry.example.com/app:1"
}

# Apply succeeds only if a message gets from the layer to a client of the app.
# With the deployment in depends_on it comes after it.
resource "channels_delivery" "production" {
  url       = "wss://www.example.com/ws/channels-check/"
  redis_url = var.redis_url

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  wait     = "3m" # until the new version is up
  triggers = { image = var.image }
}
