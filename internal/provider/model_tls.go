package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig"
	"github.com/channel-layer/terraform-provider-channels/internal/redisprobe"
	"github.com/channel-layer/terraform-provider-channels/internal/secret"
)

// tlsDefaults are the provider's texts in the place of files.
type tlsDefaults struct {
	ca, certificate channelconfig.Value[string]
	key             channelconfig.Value[secret.String]
}

func readTLSDefaults(o objectReader) tlsDefaults {
	return tlsDefaults{ca: o.text("ca_pem"), certificate: o.text("certificate_pem"), key: o.secret("key_pem")}
}

// readTLS reads tlsField.
func readTLS(o objectReader) channelconfig.Value[channelconfig.TLS] {
	switch {
	case o.object.IsUnknown():
		return channelconfig.Unknown[channelconfig.TLS]()
	case o.object.IsNull():
		return channelconfig.Value[channelconfig.TLS]{}
	}
	return channelconfig.Known(channelconfig.TLS{
		Verify:          mapValue(o.text("verify"), func(text string) channelconfig.Verify { return channelconfig.Verify(text) }),
		MinVersion:      o.text("min_version"),
		CAFile:          o.text("ca_file"),
		CAPEM:           o.text("ca_pem"),
		CertificateFile: o.text("certificate_file"),
		KeyFile:         o.text("key_file"),
		CertificatePEM:  o.text("certificate_pem"),
		KeyPEM:          o.secret("key_pem"),
		ServerName:      o.text("server_name"),
	})
}

func (o objectReader) secret(name string) channelconfig.Value[secret.String] {
	v, unknown := member[types.String](o, name)
	if unknown {
		return channelconfig.Unknown[secret.String]()
	}
	return secretValue(v)
}

// readWriteOnlyTLS adds the key that only the configuration has.
func (m *layerModel) readWriteOnlyTLS(o objectReader) {
	wanted, ok := m.settings.TLS.Get()
	key := o.secret("key_pem_wo")
	if !ok || o.object.IsUnknown() || !key.IsSet() {
		return
	}
	wanted.KeyPEM = key
	m.settings.TLS, m.tlsKeyWriteOnly = channelconfig.Known(wanted), true
}

// withTLSDefaults: where the app's arguments hang on versions that are not known
// yet, neither are they.
func (m *layerModel) withTLSDefaults(d *defaults) {
	m.tls = d.tls
	wanted, ok := m.settings.TLS.Get()
	if ok && m.versionsUnknown && wanted.MinVersion.Or(channelconfig.TLS13) == channelconfig.TLS13 && wanted.MinVersion.IsSet() {
		m.settings.TLS = channelconfig.Unknown[channelconfig.TLS]()
	}
}

// takeServerName makes the name in the certificate one of the check alone, for
// what may reach Redis by another name than the app does.
func (m *layerModel) takeServerName() {
	if wanted, ok := m.settings.TLS.Get(); ok {
		m.serverName, wanted.ServerName = wanted.ServerName, channelconfig.Value[string]{}
		m.settings.TLS = channelconfig.Known(wanted)
	}
}

// withoutHiddenKey are the settings without a key that is write-only.
func (m layerModel) withoutHiddenKey(s channelconfig.Settings) channelconfig.Settings {
	if wanted, ok := s.TLS.Get(); ok && m.tlsKeyWriteOnly {
		wanted.KeyPEM = channelconfig.Unknown[secret.String]()
		s.TLS = channelconfig.Known(wanted)
	}
	return s
}

// standIns are what a check of that host uses in the place of the app's files;
// not ok where that is not known yet.
func (m layerModel) standIns(host channelconfig.Host) (_ redisprobe.TLS, ok bool) {
	if !host.Encrypted() {
		return redisprobe.TLS{}, true
	}
	wanted, _ := m.settings.TLS.Get()
	ca, certificate, key := wanted.CAPEM.Else(m.tls.ca), wanted.CertificatePEM, wanted.KeyPEM
	if !certificate.IsSet() && !key.IsSet() {
		certificate, key = m.tls.certificate, m.tls.key
	}
	if ca.IsUnknown() || certificate.IsUnknown() || key.IsUnknown() || m.serverName.IsUnknown() {
		return redisprobe.TLS{}, false
	}
	return redisprobe.TLS{
		CA: ca.Or(""), Certificate: secret.New(certificate.Or("")), Key: key.Or(secret.String{}), ServerName: m.serverName.Or(""),
	}, true
}

// tlsPending reports a check that waits for what stands in the place of files.
func (m layerModel) tlsPending(resolution channelconfig.Resolution) bool {
	for _, host := range resolution.Hosts.Or(nil) {
		if _, ok := m.standIns(host); !ok {
			return true
		}
	}
	return false
}

// tlsExclusions are what the arguments of tls say twice, or lack.
func tlsExclusions(o objectReader) diag.Diagnostics {
	var diags diag.Diagnostics
	if o.secret("key_pem").IsKnown() && o.secret("key_pem_wo").IsKnown() {
		diags.AddError("Two keys of the app exclude each other",
			"tls.key_pem and tls.key_pem_wo both give the private key. Keep tls.key_pem_wo to leave it out of plan and state.")
	}
	if o.secret("key_pem_wo").IsKnown() && !o.integer("key_pem_wo_version").IsSet() {
		diags.AddError("key_pem_wo needs its version",
			"The value of tls.key_pem_wo is not stored, so a change of it alone goes unseen. Set tls.key_pem_wo_version, and raise it with every change.")
	}
	return diags
}
