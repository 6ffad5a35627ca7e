output "redis_url" {
  value = provider::channels::redact_url("redis://default:made-up@redis.example.com:6379/1") # "redis://default:***@redis.example.com:6379/1"
}
