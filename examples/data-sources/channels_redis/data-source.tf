check "redis" {
  data "channels_redis" "production" {
    redis_host = "redis.internal.example.com"
    timeout    = "3s"

    packages = {
      channels_redis = "4.3.0"
      redis          = "7.4.1"
    }
  }

  assert {
    condition     = data.channels_redis.production.ready
    error_message = "The channel layer's Redis is not ready: ${coalesce(data.channels_redis.production.error, "no reason given")}."
  }
}
