output "layer" {
  value = provider::channels::resolve({
    REDIS_HOST = "redis.example.com"
    REDIS_PORT = "6380"
  }, false).hosts # [{ url = null, host = "redis.example.com", port = 6380 }]
}
