package channelconfig

import (
	"encoding/asn1"
	"encoding/pem"
	"strings"
)

// PEMProblem is why a PEM text is of no use. The set is closed; "" is none.
type PEMProblem string

// Problems of PEM texts.
const (
	// PEMEmpty: there is no block of the wanted kind in it.
	PEMEmpty PEMProblem = "empty"
	// PEMBroken: such a block holds something else.
	PEMBroken PEMProblem = "broken"
	// PEMHasKey: a private key stands among certificates, where it would be
	// kept and shown in clear.
	PEMHasKey PEMProblem = "has-key"
	// PEMEncrypted: the key has a passphrase.
	PEMEncrypted PEMProblem = "encrypted"
)

// certificateBlock is the type of a certificate's block.
const certificateBlock = "CERTIFICATE"

// blocks are the PEM blocks of a text.
func blocks(text string) []*pem.Block {
	var list []*pem.Block
	rest := []byte(text)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return list
		}
		list = append(list, block)
	}
}

// Certificates are the certificates of a PEM text, each in the same form, and
// nothing that stands between them; "" where there are none.
func Certificates(text string) string {
	var out strings.Builder
	for _, block := range blocks(text) {
		if block.Type == certificateBlock {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: block.Bytes}))
		}
	}
	return out.String()
}

// CertificatesProblem is what is wrong with a text of certificates.
func CertificatesProblem(text string) PEMProblem {
	problem := PEMEmpty
	for _, block := range blocks(text) {
		switch {
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return PEMHasKey
		case block.Type != certificateBlock:
		case !isSequence(block.Bytes):
			return PEMBroken
		default:
			problem = ""
		}
	}
	return problem
}

// KeyProblem is what is wrong with the text of a private key.
func KeyProblem(text string) PEMProblem {
	for _, block := range blocks(text) {
		switch {
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
		case strings.Contains(block.Type, "ENCRYPTED"), strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return PEMEncrypted
		case !isSequence(block.Bytes):
			return PEMBroken
		default:
			return ""
		}
	}
	return PEMEmpty
}

// isSequence: certificates and keys are one ASN.1 sequence and no more.
func isSequence(der []byte) bool {
	var value asn1.RawValue
	rest, err := asn1.Unmarshal(der, &value)
	return err == nil && len(rest) == 0 && value.Tag == asn1.TagSequence && value.IsCompound
}
