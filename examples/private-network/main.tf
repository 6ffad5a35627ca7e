# Two layers whose Redis nobody outside of its network reaches: one over an SSH
# server, one through a SOCKS5 proxy. Only the checks go that way; the app gets
# the addresses as it sees them.
#
#   export TF_VAR_bastion_key="$(cat ~/.ssh/terraform_ed25519)"
#   terraform init && terraform plan

terraform {
  required_version = ">= 1.10" # for ephemeral variables

  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

provider "channels" {
  packages = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }

  ssh = {
    host        = "bastion.example.com"
    user        = "deploy"
    private_key = var.bastion_key
    # On the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
    host_key = "SHA256:m4de0upM4de0upM4de0upM4de0upM4de0upM4de0upQ"
  }
}

provider "channels" {
  alias    = "office"
  packages = { channels = "4.3.2", channels_redis = "4.3.0", redis = "7.4.1" }

  socks5 = {
    address  = "proxy.office.example.com:1080"
    username = "terraform"
    password = var.proxy_password
  }
}

variable "bastion_key" {
  description = "Text of the private key: in no state and no plan."
  type        = string
  sensitive   = true
  ephemeral   = true
}

variable "proxy_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "redis_password" {
  type      = string
  sensitive = true
}

resource "channels_layer" "production" {
  redis_url = provider::channels::build_url({
    host     = "redis.internal.example.com" # resolved by the bastion
    password = var.redis_password
  })
}

resource "channels_layer" "office" {
  provider = channels.office

  redis_url = provider::channels::build_url({
    host     = "redis.office.internal.example.com" # resolved by the proxy
    password = var.redis_password
  })
}

output "environments" {
  value = {
    production = channels_layer.production.environment
    office     = channels_layer.office.environment
  }
  sensitive = true
}
