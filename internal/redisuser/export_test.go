package redisuser

// ReadUser is readUser, for the fuzz target.
var ReadUser = readUser
