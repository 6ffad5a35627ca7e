package netprobe

import (
	"errors"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
)

// Way is a [Network] that leads over another machine: a tunnel. Names are
// resolved at its far end.
type Way interface {
	Network
	// Name is the machine at the far end, for people: "the SSH server
	// bastion.example.com".
	Name() string
}

// Fault is an error of a way to servers, and not of the server at its end. None
// of it is ever secret, nor text of another machine.
type Fault struct {
	Doc finding.Doc
	// Observed is what was seen, as sentences; Fix overrides the doc's fix.
	Observed, Fix string
	// Setting is the argument that says where the way leads: "ssh", "socks5".
	Setting string
	// At is the address of the way, for people, where the fault does not depend
	// on what is behind it: whoever asks for another server meets the same one.
	// It is "" otherwise.
	At string
	// Answered: somebody said so, and neither time nor another place heals it.
	Answered bool
	// Lost: what was open broke off, so that another try may fare better.
	Lost bool
}

// Error is the id of the finding.
func (f *Fault) Error() string { return string(f.Doc.ID) }

// FaultOf is the fault of a way in an error, nil where there is none.
func FaultOf(err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault
	}
	return nil
}

// Beyond is what the far end of a way says of a server there. The functions of
// this package take it for what the system says here; that a name is unknown
// there is a net.DNSError.
type Beyond int

// What the far end may say.
const (
	// BeyondRefused: the server's machine refuses the connection.
	BeyondRefused Beyond = iota + 1
	// BeyondNoRoute: no way leads there from the far end.
	BeyondNoRoute
	// BeyondTimeout: the far end has waited in vain.
	BeyondTimeout
)

// Error says it in words.
func (b Beyond) Error() string {
	switch b {
	case BeyondRefused:
		return "refused there"
	case BeyondNoRoute:
		return "no route from there"
	default:
		return "no answer to there"
	}
}

func isBeyond(err error, what Beyond) bool {
	var beyond Beyond
	return errors.As(err, &beyond) && beyond == what
}
