# Postconditions: a broken file fails the plan with a message of yours, and so
# does one that breaks a rule of yours.
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
  on_findings = "off" # the postconditions say it

  packages = {
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  lifecycle {
    postcondition {
      # It is null where it could not be determined.
      condition = self.valid == true
      error_message = join("; ", concat(
        ["${each.key} is not sound"],
        [for f in self.findings : "${f.summary} (${f.id})" if f.severity != "info"],
      ))
    }

    # A rule of this project: production talks to Redis over TLS.
    postcondition {
      condition     = each.key != "production.env" || alltrue([for host in coalesce(self.resolved_hosts, []) : host.tls])
      error_message = "${each.key} reaches Redis without TLS: begin REDIS_URL with rediss://."
    }
  }
}
