variable "redis_host" {
  type    = string
  default = "redis.example.com"
}

variable "redis_admin_password" {
  type      = string
  sensitive = true
}

provider "channels" {
  # An administrator of Redis, who makes the app's user. The app never gets this URL.
  redis_url = "redis://:${urlencode(var.redis_admin_password)}@${var.redis_host}:6379/0"

  packages = { channels_redis = "4.3.0", redis = "7.4.1" }
}

# The app's own user, with the rights that its channel layer needs.
resource "channels_redis_user" "chat" {
  name   = "chat"
  prefix = "chat"
}

# The layer logs in as that user, and is checked as that user in the same apply.
resource "channels_layer" "production" {
  redis_url = provider::channels::build_url({
    host     = var.redis_host
    username = channels_redis_user.chat.name
    password = channels_redis_user.chat.password
  })

  config = { prefix = "chat" }
}
