# terraform test, or tofu test. The environment variable CHANNELS_CHECKS=off
# keeps the plans from looking for a Redis.

run "each_environment_has_its_layer" {
  command = plan

  variables {
    redis_urls = {
      staging    = "rediss://default:made-up@redis.example.com:6380/0"
      production = "rediss://default:made-up@redis.example.com:6380/1"
    }
  }

  assert {
    condition = output.backends == {
      local      = "channels.layers.InMemoryChannelLayer"
      staging    = "channels_redis.core.RedisChannelLayer"
      production = "channels_redis.core.RedisChannelLayer"
    }
    error_message = "Local is in memory, the others have Redis."
  }
}

run "two_environments_in_one_place_are_refused" {
  command = plan

  variables {
    redis_urls = {
      staging    = "rediss://default:made-up@redis.example.com:6380/0"
      production = "rediss://default:made-up@redis.example.com:6380/1"
      laptop_1   = "redis://redis.example.com"
      laptop_2   = "redis://REDIS.example.com:6379/0" # written otherwise, the same place
    }
  }

  expect_failures = [output.environments]
}
