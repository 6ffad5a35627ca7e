variable "redis_url" {
  description = "REDIS_URL of the app; null without one."
  type        = string
  default     = null
  sensitive   = true
}

variable "redis_host" {
  description = "REDIS_HOST, which counts where there is no URL; null for 127.0.0.1."
  type        = string
  default     = null
}

variable "redis_port" {
  description = "REDIS_PORT, which counts where there is no URL; null for 6379."
  type        = number
  default     = null
}

variable "hosts" {
  description = "Several hosts in place of redis_url, redis_host and redis_port, as in channels_layer; null for one."
  type = list(object({
    url       = optional(string)
    host      = optional(string)
    port      = optional(number)
    path      = optional(string)
    username  = optional(string)
    password  = optional(string)
    db        = optional(number)
    tls       = optional(bool)
    arguments = optional(map(string))
    sentinels = optional(list(object({
      host = string
      port = optional(number)
    })))
    master_name       = optional(string)
    sentinel_username = optional(string)
    sentinel_password = optional(string)
    sentinel_tls      = optional(bool)
  }))
  default   = null
  sensitive = true
}

variable "tls" {
  description = "What is wanted of TLS, as in channels_layer. The text of a client's key is for the tls of the provider."
  type = object({
    ca_file          = optional(string)
    ca_pem           = optional(string)
    certificate_file = optional(string)
    certificate_pem  = optional(string)
    key_file         = optional(string)
    min_version      = optional(string)
    verify           = optional(string)
  })
  default = null
}

variable "debug" {
  description = "Django's DEBUG: without a URL it puts the layer into memory."
  type        = bool
  default     = false
}

variable "require_tls" {
  description = "Refuse a redis_url without TLS, or none at all."
  type        = bool
  default     = false
}

variable "backend" {
  description = "auto, core, pubsub or in_memory."
  type        = string
  default     = "auto"

  validation {
    condition     = contains(["auto", "core", "pubsub", "in_memory"], var.backend)
    error_message = "Write auto, core, pubsub or in_memory."
  }
}

variable "config" {
  description = "Options of the layer's CONFIG, as in channels_layer."
  type = object({
    prefix       = optional(string)
    expiry       = optional(number)
    group_expiry = optional(number)
    capacity     = optional(number)
    channel_capacity = optional(list(object({
      pattern  = string
      capacity = number
    })))
    symmetric_encryption_keys = optional(list(string))
    serializer_format         = optional(string)
    random_prefix_length      = optional(number)
    on_disconnect             = optional(string)
    on_reconnect              = optional(string)
  })
  default = null
}

variable "packages" {
  description = "Versions of the Python packages in the app."
  type = object({
    channels       = optional(string)
    channels_redis = optional(string)
    redis          = optional(string)
    requirements   = optional(string)
  })
  default = null
}

variable "check" {
  description = "How the layer is checked, as in channels_layer."
  type = object({
    on_plan     = optional(string)
    on_apply    = optional(string)
    plan_depth  = optional(string)
    apply_depth = optional(string)
    timeout     = optional(string)
    wait        = optional(string)
  })
  default = null
}

variable "triggers" {
  description = "A change of any value repeats the check at apply."
  type        = map(string)
  default     = null
}

variable "django_settings_module" {
  description = "DJANGO_SETTINGS_MODULE of the app."
  type        = string
  default     = "config.settings"
}
