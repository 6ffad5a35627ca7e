package lint

import (
	"math/big"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

var rulePortOutOfRange = Rule{
	Doc: finding.Doc{
		ID:       "port/out-of-range",
		Title:    "REDIS_PORT is not between 1 and 65535",
		Severity: finding.Error,
		Why: "There are only 65535 ports, and no server can listen on port 0. Python does not object when the settings are read, and " +
			"the name lookup of Linux cuts a number that is too large down to the next port that exists.",
		Django: "Django starts. With a host name it silently connects to another port (71915 becomes 6379, 70000 becomes 4464); with " +
			"an address, or a negative number, the first message raises \"redis.exceptions.ConnectionError\".",
		Fix:     "Write a port from 1 to 65535, mostly 6379.",
		Bad:     []string{"REDIS_HOST=redis\nREDIS_PORT=70000", "REDIS_HOST=10.0.0.5\nREDIS_PORT=0", "REDIS_HOST=redis\nREDIS_PORT=-1"},
		Good:    []string{"REDIS_HOST=redis\nREDIS_PORT=65535", "REDIS_URL=redis://redis:6379/0\nREDIS_PORT=70000"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/socket.html#socket.getaddrinfo"},
	},
	Rank:  Parts,
	Check: checkPortOutOfRange,
}

func checkPortOutOfRange(doc finding.Doc, in Input) finding.Outcome {
	backend, known := in.sound.Backend.Get()
	switch {
	case in.hasURL(), known && !backend.UsesRedis(), in.Resolution.Exception != nil:
		return finding.Pass()
	case !known, in.Resolution.Port.IsUnknown():
		return finding.Unknown()
	}
	port := in.Resolution.Port.Or(big.NewInt(1))
	var detail string
	switch {
	case port.Sign() == 0:
		detail = "REDIS_PORT is 0, where nothing can listen. Django starts; the first message through the layer raises " +
			"\"redis.exceptions.ConnectionError\"."
	case port.Sign() < 0:
		detail = "REDIS_PORT is negative. Django starts; the first message through the layer raises \"redis.exceptions.ConnectionError\"."
	case port.Cmp(big.NewInt(65535)) > 0:
		detail = "REDIS_PORT is above 65535. Django starts; with a host name the name lookup cuts the number down, and it silently connects " +
			"to another port; with an address the first message raises \"redis.exceptions.ConnectionError\"."
	default:
		return finding.Pass()
	}
	return finding.Fail(doc.New(channelconfig.SettingRedisPort, detail))
}
