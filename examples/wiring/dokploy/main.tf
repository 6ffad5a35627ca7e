# Dokploy, whole: a password, the Redis, its URL, the layer, and the variables
# of the application. The providers dokploy and random are other people's.

terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
    dokploy = {
      source = "ahmedali6/dokploy"
    }
    random = {
      source = "hashicorp/random"
    }
  }
}

variable "dokploy_api_key" {
  type      = string
  sensitive = true
}

variable "environment_id" {
  description = "The environment of the Dokploy project."
  type        = string
}

variable "application_id" {
  description = "The Django application in it."
  type        = string
}

variable "other_variables" {
  description = "The application's other variables: dokploy_environment_variables owns all of them."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "in_docker_network" {
  description = "Whether Terraform runs inside Dokploy's Docker network, where the name of its Redis resolves."
  type        = bool
  default     = true
}

provider "dokploy" {
  host    = "https://dokploy.example.com/api"
  api_key = var.dokploy_api_key
}

resource "random_password" "redis" {
  length = 32
}

resource "dokploy_redis" "channels" {
  name              = "channel-layer"
  app_name_prefix   = "channel-layer" # Dokploy appends something random
  database_password = random_password.redis.result
  environment_id    = var.environment_id
  docker_image      = "redis:7.4"
}

resource "channels_layer" "production" {
  # The password may hold any character: build_url encodes it.
  redis_url = provider::channels::build_url({
    host     = dokploy_redis.channels.app_name
    port     = dokploy_redis.channels.internal_port
    username = "default"
    password = random_password.redis.result
  })

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }

  check = {
    on_plan  = var.in_docker_network ? "auto" : "off"
    on_apply = var.in_docker_network ? "error" : "off"
    wait     = "2m" # the container has to be pulled and started
  }
}

# Comes after the check, because it uses what the layer puts out. Dokploy gives
# new variables to the application when it is deployed the next time.
resource "dokploy_environment_variables" "app" {
  application_id = var.application_id
  variables      = merge(var.other_variables, channels_layer.production.environment)
}
