output "env_file" {
  value = provider::channels::dotenv({
    REDIS_URL              = provider::channels::build_url({ host = "redis", password = "p#ss" })
    DJANGO_SETTINGS_MODULE = "config.settings"
  })
}
