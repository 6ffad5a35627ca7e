package lint

import (
	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

var ruleTLSPEM = Rule{
	Doc: finding.Doc{
		ID:       "tls/pem",
		Title:    "A text in tls is not the PEM that belongs there",
		Severity: finding.Error,
		Why: "Certificates and keys are given as the text of PEM files, with lines such as BEGIN CERTIFICATE. A path, a binary (DER) file, half of a text, or a key with a passphrase is of no use, " +
			"and a private key among certificates would be kept and shown as if it were none.",
		Django:  "Gets no certificate that it could use: redis-py raises ConnectionError at the first message through the layer.",
		Fix:     "Give the text of the PEM file, as with file(\"redis-ca.pem\").",
		Bad:     []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.ca_pem=/etc/ssl/redis-ca.pem\nredis==7.4.1"},
		Good:    []string{"REDIS_URL=rediss://redis.example.com:6379/0\ntls.ca_pem=CERTIFICATE\nredis==7.4.1"},
		Since:   "0.1.0",
		Sources: []string{"https://docs.python.org/3/library/ssl.html#certificates"},
	},
	Rank: Quotes,
	Check: func(doc finding.Doc, in Input) finding.Outcome {
		wanted, status := in.tls()
		if status != finding.Failed {
			return finding.Outcome{Status: status}
		}
		for _, text := range []struct {
			name    string
			given   channelconfig.Value[string]
			problem func(string) channelconfig.PEMProblem
		}{
			{"ca_pem", wanted.CAPEM, channelconfig.CertificatesProblem},
			{"certificate_pem", wanted.CertificatePEM, channelconfig.CertificatesProblem},
			{"key_pem", revealed(wanted.KeyPEM), channelconfig.KeyProblem},
		} {
			value, known := text.given.Get()
			if !known {
				continue
			}
			if problem := text.problem(value); problem != "" {
				return finding.Fail(pemFinding(doc, text.name, problem))
			}
		}
		return finding.Pass()
	},
}

func revealed(v channelconfig.Value[secret.String]) channelconfig.Value[string] {
	if text, ok := v.Get(); ok {
		return channelconfig.Known(text.Reveal())
	}
	return channelconfig.Value[string]{}
}

func pemFinding(doc finding.Doc, name string, problem channelconfig.PEMProblem) finding.Finding {
	what := "a certificate"
	if name == "key_pem" {
		what = "a private key"
	}
	switch problem {
	case channelconfig.PEMHasKey:
		return doc.New(channelconfig.SettingTLS, name+" in tls holds a private key.").
			WithFix("Give the key in key_pem, which is kept secret, and the certificates alone in " + name + ".")
	case channelconfig.PEMEncrypted:
		return doc.New(channelconfig.SettingTLS, "The key in key_pem of tls has a passphrase.").
			WithFix("Give the key without its passphrase; it is kept secret.")
	case channelconfig.PEMBroken:
		return doc.New(channelconfig.SettingTLS, name+" in tls has the lines of a PEM text, and what stands between them is not "+what+".")
	default:
		return doc.New(channelconfig.SettingTLS, name+" in tls holds no PEM text of "+what+".")
	}
}
