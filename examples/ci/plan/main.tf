# A plan as the check: it fails for every file with an error, and for one of
# which nobody can say what it means. There is nothing to apply.
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
  on_findings = "error"

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}
