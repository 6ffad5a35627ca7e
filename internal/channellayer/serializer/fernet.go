package serializer

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"time"

	"github.com/fernet/fernet-go"

	"github.com/channel-layer/terraform-provider-channels/internal/channellayer"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// crypter is cryptography.fernet.MultiFernet over the keys that
// BaseMessageSerializer.make_fernet derives: the SHA-256 of each.
type crypter struct {
	keys []*fernet.Key
	ttl  *int64 // seconds, nil for none
}

// grace is what deserialize adds to the expiry, in seconds.
const grace = 10

// maxClockSkew is _MAX_CLOCK_SKEW of cryptography/fernet.py, in seconds.
const maxClockSkew = 60

func newCrypter(keys []secret.String, expiry *int64) *crypter {
	if len(keys) == 0 {
		return nil
	}
	c := &crypter{}
	for _, key := range keys {
		derived := fernet.Key(sha256.Sum256([]byte(key.Reveal())))
		c.keys = append(c.keys, &derived)
	}
	if expiry != nil {
		ttl := *expiry + grace
		c.ttl = &ttl
	}
	return c
}

func (c *crypter) encrypt(data []byte, now time.Time) ([]byte, error) {
	token, err := fernet.EncryptAndSignAtTime(data, c.keys[0], now)
	if err != nil {
		return nil, unsendable(channellayer.EncryptionFailed)
	}
	return token, nil
}

// Offsets in a token, of the Fernet specification: the version, the time, the
// initialization vector; and its end.
const (
	tokenVersion     = 0x80
	timeAt, vectorAt = 1, 9
	leastToken       = vectorAt + blockSize + blockSize + sha256.Size
	blockSize        = 16
)

// decrypt is MultiFernet.decrypt. The library checks signature and padding. What
// comes before is ours: how Python reads base64 and time, and a length below
// which the library would panic.
func (c *crypter) decrypt(token []byte, now time.Time) ([]byte, error) {
	invalid := unreadable(channellayer.TokenInvalid)
	raw, ok := decodeBase64(token)
	if !ok || len(raw) < leastToken || (len(raw)-leastToken)%blockSize != 0 || raw[0] != tokenVersion {
		return nil, invalid
	}
	if c.ttl != nil && !inTime(binary.BigEndian.Uint64(raw[timeAt:]), *c.ttl, now.Unix()) {
		return nil, invalid
	}
	canonical := []byte(base64.URLEncoding.EncodeToString(raw))
	data := fernet.VerifyAndDecrypt(canonical, 0, c.keys)
	// The library takes any padding whose bytes are alike, Python 1 to 16 of them.
	padding := len(raw) - leastToken + blockSize - len(data)
	if data == nil || padding < 1 || padding > blockSize {
		return nil, invalid
	}
	return data, nil
}

// inTime is the check of Fernet._decrypt_data, with Python's integers.
func inTime(stamped uint64, ttl, now int64) bool {
	stamp := new(big.Int).SetUint64(stamped)
	end := new(big.Int).Add(stamp, big.NewInt(ttl))
	latest := new(big.Int).Add(big.NewInt(now), big.NewInt(maxClockSkew))
	return end.Cmp(big.NewInt(now)) >= 0 && latest.Cmp(stamp) >= 0
}

// decodeBase64 is base64.urlsafe_b64decode (CPython 3.11, binascii.c,
// a2b_base64, not strict): characters that are not base64 are passed over, and
// what follows the padding is ignored.
func decodeBase64(text []byte) ([]byte, bool) {
	digits := make([]byte, 0, len(text))
	padding := 0
	for _, c := range text {
		switch {
		case c == '=':
			padding++
			if len(digits)%4 >= 2 && len(digits)%4+padding >= 4 {
				decoded := make([]byte, base64.RawURLEncoding.DecodedLen(len(digits)))
				n, err := base64.RawURLEncoding.Decode(decoded, digits)
				return decoded[:n], err == nil
			}
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_':
			padding = 0
			digits = append(digits, c)
		case c == '+':
			padding = 0
			digits = append(digits, '-')
		case c == '/':
			padding = 0
			digits = append(digits, '_')
		}
	}
	if len(digits)%4 != 0 {
		return nil, false
	}
	decoded, err := base64.RawURLEncoding.DecodeString(string(digits))
	return decoded, err == nil
}
