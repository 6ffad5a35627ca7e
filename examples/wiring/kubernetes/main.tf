# A Kubernetes Secret, for the pods of deployment.yaml:
#
#   terraform output -raw secret | kubectl apply -f -
#   kubectl apply -f deployment.yaml
#   kubectl rollout restart deployment/chat # running pods keep the old values

terraform {
  required_providers {
    channels = {
      source = "channel-layer/channels"
    }
  }
}

variable "redis_url" {
  description = "REDIS_URL of the app, with its password."
  type        = string
  sensitive   = true
}

resource "channels_layer" "production" {
  redis_url = var.redis_url

  packages = {
    channels       = "4.3.2"
    channels_redis = "4.3.0"
    redis          = "7.4.1"
  }
}

output "secret" {
  value = yamlencode({
    apiVersion = "v1"
    kind       = "Secret"
    metadata   = { name = "channel-layer" }
    type       = "Opaque"
    stringData = channels_layer.production.environment
  })
  sensitive = true
}
