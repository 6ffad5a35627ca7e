// Package channelconfig is what decides which channel layer a Django app
// gets, and what redis-py makes of its settings. It is pure: no network, no
// clock, no environment, no Terraform.
//
// What is mirrored:
//
//   - the settings code that reads REDIS_URL, REDIS_HOST, REDIS_PORT and DEBUG
//     and makes CHANNEL_LAYERS of them (Resolve);
//   - CPython's int() and float() (package pyvalue);
//   - redis-py's asyncio parse_url, connection pool and connection defaults,
//     4.3 to 8.1, with CPython's urllib.parse below (package redisurl);
//   - how channels_redis 4.0 to 4.3 passes hosts on (Host.Connection).
//
// Deliberate differences:
//
//   - A value that is not known yet is a value of its own kind. Python has
//     none, so whatever hangs on it is unknown, too; only a URL that is not
//     known yet counts as set, since whoever passes one means it.
//   - The settings code does not say how DEBUG gets its value. Spellings that
//     every common reader agrees on are read; others are unknown, never
//     guessed (DebugReader).
//   - REDIS_HOST and the texts of a set of variables are taken to be UTF-8.
//     On Linux os.getenv makes surrogate escapes of other bytes; Terraform's
//     strings cannot hold such bytes.
package channelconfig
