# terraform test, or tofu test: plans alone, without a Redis.

variables {
  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
  check = {
    on_plan = "off"
  }
}

run "local_is_in_memory" {
  command = plan

  variables {
    debug = true
  }

  assert {
    condition     = output.backend_class == "channels.layers.InMemoryChannelLayer"
    error_message = "Without a URL and with debug the layer lives in memory."
  }

  assert {
    condition     = !contains(output.variable_names, "REDIS_URL")
    error_message = "Nothing should point the app to a Redis."
  }
}

run "production_is_redis" {
  command = plan

  variables {
    redis_url   = "rediss://default:made-up@redis.example.com:6380/1"
    require_tls = true
  }

  assert {
    condition     = output.backend_class == "channels_redis.core.RedisChannelLayer"
    error_message = "A URL means Redis."
  }

  assert {
    condition     = output.resolved_hosts[0].tls && output.resolved_hosts[0].db == 1
    error_message = "The URL is read as redis-py reads it."
  }

  assert {
    condition     = length(output.findings) == 0
    error_message = "A healthy layer has no findings."
  }
}

run "what_is_wanted_of_tls_reaches_the_app" {
  command = plan

  variables {
    redis_url = "rediss://default:made-up@redis.example.com:6380/1"
    tls       = { verify = "full" }
  }

  assert {
    condition     = strcontains(output.environment["REDIS_URL"], "ssl_check_hostname=true")
    error_message = "verify is written into the URL."
  }
}

run "plain_text_is_refused_where_tls_is_required" {
  command = plan

  variables {
    redis_url   = "redis://default:made-up@redis.example.com:6379/1"
    require_tls = true
  }

  expect_failures = [channels_layer.this]
}

run "so_is_no_url_at_all" {
  command = plan

  variables {
    require_tls = true
  }

  expect_failures = [channels_layer.this]
}

run "an_unknown_backend_is_refused" {
  command = plan

  variables {
    backend = "redis"
  }

  expect_failures = [var.backend]
}

run "several_hosts" {
  command = plan

  variables {
    backend     = "pubsub"
    require_tls = true
    hosts = [
      { url = "rediss://default:made-up@redis-a.example.com:6380" },
      { host = "redis-b.example.com", port = 6380, password = "made-up", tls = true },
    ]
  }

  assert {
    condition     = nonsensitive(length(output.resolved_hosts)) == 2 && contains(output.variable_names, "CHANNEL_LAYERS_HOSTS")
    error_message = "Both hosts reach the app, in one variable."
  }
}

run "several_hosts_need_tls_each" {
  command = plan

  variables {
    backend     = "pubsub"
    require_tls = true
    hosts = [
      { url = "rediss://default:made-up@redis-a.example.com:6380" },
      { host = "redis-b.example.com", password = "made-up" },
    ]
  }

  expect_failures = [channels_layer.this]
}
