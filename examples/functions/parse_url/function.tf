variable "redis_url" {
  type      = string
  default   = "rediss://default:p%40ss@redis.example.com/1?socket_timeout=10"
  sensitive = true
}

# A precondition, and not a validation of the variable: Terraform prints the
# value of a variable whose validation fails, sensitive or not.
output "redis_host" {
  value = nonsensitive(provider::channels::parse_url(var.redis_url).host) # "redis.example.com"

  precondition {
    condition     = can(provider::channels::parse_url(var.redis_url))
    error_message = "redis-py does not accept this URL."
  }
}

# What an older redis-py makes of it:
output "redis_options" {
  value = nonsensitive(provider::channels::parse_url(var.redis_url, "5.2.1").options) # { socket_timeout = "10" }
}
