output "environment" {
  description = "Exactly the environment variables the app needs."
  value       = channels_layer.this.environment
  sensitive   = true
}

output "variable_names" {
  description = "Their names, for for_each."
  value       = channels_layer.this.variable_names
}

output "dotenv" {
  description = "The same as the text of a .env file."
  value       = channels_layer.this.dotenv
  sensitive   = true
}

output "backend_class" {
  description = "The BACKEND that Django gets."
  value       = channels_layer.this.backend_class
}

output "uses_redis" {
  description = "Whether the layer needs a Redis."
  value       = channels_layer.this.uses_redis
}

output "resolved_hosts" {
  description = "Where that Redis is."
  value       = channels_layer.this.resolved_hosts
}

output "findings" {
  description = "What static checks have to say, notes included."
  value       = channels_layer.this.reported_findings
}

output "settings_python" {
  description = "The code for CHANNEL_LAYERS in Django's settings."
  value       = channels_layer.this.settings_python
}

output "channel_layers_json" {
  description = "CHANNEL_LAYERS as it comes out."
  value       = channels_layer.this.channel_layers_json
  sensitive   = true
}
