# By name, over the connection of the provider's redis_url. The next plan shows
# what would change, and an apply adds a password beside the one that is in use.
terraform import channels_redis_user.chat chat
