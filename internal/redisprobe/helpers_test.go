package redisprobe_test

import (
	"math/big"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/packages"
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/redisurl"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// canary is the password of every row; no finding, error or log may show it.
const canary = "canary-5up3r-s3cr3t"

// shape changes a request.
type shape func(*redisprobe.Request)

// request is one for an address "host:port", as REDIS_URL would give it.
func request(t testing.TB, address string, shapes ...shape) redisprobe.Request {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseInt(port, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	r := redisprobe.Request{
		Connection: redisurl.Connection{
			Transport: redisurl.TCP, Host: host, Port: big.NewInt(n), DB: new(big.Int),
			Options: map[string]redisurl.Option{},
		},
		Setting: "REDIS_URL",
		Timeout: time.Second,
	}
	for _, change := range shapes {
		change(&r)
	}
	return r
}

func as(username, password string) shape {
	return func(r *redisprobe.Request) {
		r.Connection.Username, r.Connection.Password = secret.New(username), secret.New(password)
	}
}

func onDB(n int64) shape {
	return func(r *redisprobe.Request) { r.Connection.DB = big.NewInt(n) }
}

func within(d time.Duration) shape { return func(r *redisprobe.Request) { r.Timeout = d } }

func host(name string) shape { return func(r *redisprobe.Request) { r.Connection.Host = name } }

func overTLS(r *redisprobe.Request) { r.Connection.Transport = redisurl.TLS }

func option(name, value string) shape {
	return func(r *redisprobe.Request) {
		o := redisurl.Option{Text: secret.New(value)}
		if b, err := strconv.ParseBool(value); err == nil && name == "ssl_check_hostname" {
			o.Bool = &b
		}
		if n, err := strconv.ParseInt(value, 10, 64); err == nil && name == "ssl_min_version" {
			o.Int = big.NewInt(n)
		}
		r.Connection.Options[name] = o
	}
}

func redisPy(major, minor, micro int) shape {
	return func(r *redisprobe.Request) {
		r.Redis = &packages.Version{Major: major, Minor: minor, Micro: micro}
	}
}

func socket(path string) shape {
	return func(r *redisprobe.Request) {
		r.Connection.Transport, r.Connection.Path = redisurl.Unix, path
		r.Connection.Host, r.Connection.Port = "", nil
	}
}
