output "redis_url" {
  value = provider::channels::build_url({
    host     = "redis.example.com"
    port     = 6380
    tls      = true
    username = "default"
    password = "p#ss/w@rd"
    db       = 1
  }) # "rediss://default:p%23ss%2Fw%40rd@redis.example.com:6380/1"
}
