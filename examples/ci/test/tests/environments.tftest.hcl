run "every_environment_is_sound" {
  command = plan

  assert {
    condition     = length(output.files) > 0
    error_message = "No .env file was found."
  }

  assert {
    condition     = length(output.errors) == 0
    error_message = join("\n", output.errors)
  }
}

# A check that cannot fail proves nothing: Kubernetes has put an address into
# REDIS_PORT of this file, and that has to be noticed.
run "a_broken_environment_is_noticed" {
  command = plan

  variables {
    directory = "tests/broken"
  }

  assert {
    condition     = length(output.errors) > 0
    error_message = "The broken file passes."
  }
}
