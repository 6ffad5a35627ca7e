# What the tests in tests/ look at: run terraform test, or tofu test. Terraform
# 1.6 or later.
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
}

data "channels_environment" "all" {
  for_each = fileset(local.directory, "*.env")

  dotenv      = file("${local.directory}/${each.key}")
  on_findings = "off" # the tests say it

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

output "files" {
  description = "The files that were read."
  value       = keys(data.channels_environment.all)
}

output "errors" {
  description = "What is wrong, a line for each finding that keeps a file from being sound."
  value = flatten([
    for file, environment in data.channels_environment.all :
    [for f in environment.findings : "${file}: ${f.summary} (${f.id})" if f.severity != "info"]
    if environment.valid != true
  ])
}
