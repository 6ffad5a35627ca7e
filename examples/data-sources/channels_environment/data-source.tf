# What would Django make of the .env files that somebody else looks after? All
# of a directory, as a gate in CI.
data "channels_environment" "deployed" {
  for_each = fileset("${path.module}/environments", "*.env")

  dotenv = file("${path.module}/environments/${each.key}")

  # The settings read the files with environ.Env.read_env. Without this only
  # what all readers of .env files agree on is taken for known.
  reader = "django-environ"

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  # Fail the plan for errors, and for what could not be determined; without
  # this they are shown as warnings.
  on_findings = "error"
}

# Terraform shows warnings with the same summary once: here is the full list.
output "findings" {
  value = {
    for file, environment in data.channels_environment.deployed :
    file => [for f in environment.findings : "${f.severity}: ${f.summary} (${f.id})"]
  }
}
