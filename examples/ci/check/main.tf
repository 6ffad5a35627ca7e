# A check block: a broken file is a warning that names it, and everything else
# goes on. Terraform 1.5 or later.
terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "directory" {
  description = "Where the .env files are; the one beside this example unless given."
  type        = string
  default     = null
}

locals {
  directory = coalesce(var.directory, "${path.module}/../environments")

  # What is wrong with each file; files without errors are not listed.
  errors = {
    for file, environment in data.channels_environment.all :
    file => [for f in environment.findings : "${f.summary} (${f.id})" if f.severity != "info"]
    if environment.valid != true
  }
}

# It stands outside of the check block: inside, every plan would say that there
# are changes.
data "channels_environment" "all" {
  for_each = fileset(local.directory, "*.env")

  dotenv      = file("${local.directory}/${each.key}")
  on_findings = "off" # the check says it

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

check "environments" {
  assert {
    condition     = length(local.errors) == 0
    error_message = join("\n", [for file, errors in local.errors : "${file}: ${join("; ", errors)}"])
  }
}
