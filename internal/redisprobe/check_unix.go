package redisprobe

import (
	"os"

	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

var docSocketMissing = finding.Doc{
	ID:       "unix/socket-missing",
	Title:    "The Unix socket of Redis does not exist here",
	Severity: finding.Warning,
	Why: "With a unix:// URL the app talks to Redis through a special file on its own machine. The file is there only while Redis runs, " +
		"and inside a container only if it is mounted into it.",
	Django: "If it is missing where the app runs, redis-py raises ConnectionError (\"Error 2 connecting to unix socket\") " + atFirstUse,
	Fix:    "Run the check on the machine, or in the container, in which the app and its Redis socket are.",
	Live:   true,
	Since:  since,
}

var docSocketPermission = finding.Doc{
	ID:       "unix/permission-denied",
	Title:    "This user may not use the Unix socket of Redis",
	Severity: finding.Warning,
	Why:      "The socket is a file with an owner and permissions, and every directory above it has them too. The app's user may be allowed what this one is not.",
	Django:   "If the app's user is refused as well, redis-py raises ConnectionError (\"Error 13 connecting to unix socket\") " + atFirstUse,
	Fix:      "Run the check as the user that the app runs as.",
	Live:     true,
	Since:    since,
}

var docNotASocket = finding.Doc{
	ID:       "unix/not-a-socket",
	Title:    "The Unix socket path leads to something else",
	Severity: finding.Warning,
	Why: "The path of a unix:// URL must be that of the socket and no more. A database number does not go behind it: " +
		"unix:///run/redis.sock/2 looks for a file named 2 in a directory named redis.sock.",
	Django: "redis-py raises ConnectionError (\"Error 20\" for a path that goes through a file, \"Error 111\" for an ordinary file) " + atFirstUse,
	Fix:    "Write the path of the socket alone, and a database as ?db=2.",
	Live:   true,
	Since:  since,
}

// socketFailed classifies the errors of connecting to a Unix socket; look is
// asked what the path is where the error does not say.
func (a *attempt) socketFailed(err error, look func() (os.FileInfo, error)) *problem {
	where := a.address()
	exception := "If it is so where the app runs, " + a.client() + " raises ConnectionError " + atFirstUse
	switch {
	case netprobe.IsNoSuchFile(err):
		return maybe(docSocketMissing, "There is no socket at "+where+" on this machine.", exception)
	case netprobe.IsNotASocket(err):
		return settled(docNotASocket, where+" is not a socket on this machine.", exception)
	case netprobe.IsDenied(err):
		return settled(docSocketPermission, "The user of this check may not connect to "+where+".", exception)
	case isRefused(err):
		// An ordinary file refuses like a socket that nobody listens on.
		if info, statErr := look(); statErr == nil && info.Mode()&os.ModeSocket == 0 {
			return settled(docNotASocket, where+" is not a socket on this machine.", exception)
		}
		return maybe(docRefused, "Nothing listens on "+where+".", exception)
	case isTimeout(err):
		return maybe(docConnectTimeout, "No answer came from "+where+".", a.waits(true))
	default:
		return maybe(docConnectFailed, "Connecting to "+where+" failed.", exception)
	}
}

// settled makes a problem that the place may explain but time will not heal.
func settled(doc finding.Doc, observed, django string) *problem {
	p := maybe(doc, observed, django)
	p.transient = false
	return p
}

func unixDocs() []finding.Doc {
	return []finding.Doc{docSocketMissing, docSocketPermission, docNotASocket}
}
