# terraform test, or tofu test: in the workspace default.

run "a_laptop_needs_no_redis" {
  command = plan

  assert {
    condition     = output.backend == "channels.layers.InMemoryChannelLayer"
    error_message = "The default workspace is a laptop: debug, and no URL."
  }
}
