# What would Django make of a .env file that somebody else looks after?
data "channels_environment" "staging" {
  dotenv = file("${path.module}/staging.env")

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  # Fail the plan for errors; without this they are shown as warnings.
  on_findings = "error"
}

output "staging_backend" {
  value = data.channels_environment.staging.backend_class
}
