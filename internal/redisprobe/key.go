package redisprobe

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
)

// key stands for a connection and how it is checked, without its secrets: two
// requests have the same one exactly if one check answers both.
type key [sha256.Size]byte

// keyring makes keys that mean nothing outside this process.
type keyring struct{ secret []byte }

func newKeyring() keyring {
	secret := make([]byte, sha256.Size)
	// crypto/rand.Read never returns an error: it ends the program instead.
	_, _ = rand.Read(secret)
	return keyring{secret: secret}
}

// of leaves out what only changes how the result is told: Setting and Debug.
func (k keyring) of(r Request, more ...string) key {
	mac := hmac.New(sha256.New, k.secret)
	add := func(text string) {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		_, _ = mac.Write(length[:])
		_, _ = mac.Write([]byte(text))
	}
	c := r.Connection
	version := ""
	if r.Redis != nil {
		version = r.Redis.String()
	}
	for _, text := range []string{
		strconv.Itoa(int(c.Transport)), c.Host, c.Port.String(), c.Path, c.Username.Reveal(), c.Password.Reveal(),
		c.DB.String(), version, r.timeout().String(), strconv.Itoa(int(r.Depth)), strconv.FormatBool(r.Hidden),
	} {
		add(text)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Options)) {
		add(name)
		add(c.Options[name].Text.Reveal())
	}
	add("")
	if s := r.Sentinel; s != nil {
		add("sentinel")
		add(s.MasterName)
		for _, c := range s.Sentinels {
			// A request without a Sentinel, so that this ends.
			one := k.of(Request{Connection: c})
			add(string(one[:]))
		}
		add("")
	}
	r.TLS.identify(add)
	if r.Depth > DepthPing {
		r.layer().identify(add)
		add("")
	}
	for _, text := range more {
		add(text)
	}
	return key(mac.Sum(nil))
}
