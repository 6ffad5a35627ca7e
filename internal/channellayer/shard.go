package channellayer

import "hash/crc32"

// Shard is _consistent_hash (channels_redis 4.3.0, utils.py): which of so many
// hosts a name belongs to, from 0.
func Shard(name string, hosts int) int {
	if hosts <= 1 {
		return 0
	}
	const slots = 4096
	slot := crc32.ChecksumIEEE([]byte(name)) & (slots - 1)
	return int(float64(slot) / (slots / float64(hosts)))
}
