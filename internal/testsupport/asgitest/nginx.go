package asgitest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/launch"
	"github.com/channel-layer/terraform-provider-channels/internal/testsupport/redistest"
)

// Upgrade are the lines of a location that pass a WebSocket on.
const Upgrade = `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; proxy_set_header Host $http_host;`

// Nginx is a real nginx.
type Nginx struct{ *process }

// StartNginx starts one whose one server block holds these lines. authority, if
// any, signs the certificate with which it speaks TLS.
func StartNginx(t testing.TB, authority *redistest.Authority, server string) *Nginx {
	t.Helper()
	redistest.Slow(t)
	binary := "/usr/sbin/nginx"
	if path, err := exec.LookPath("nginx"); err == nil {
		binary = path
	} else if _, err := os.Stat(binary); err != nil {
		missing(t, "no nginx: run tools/setup-nginx.sh")
	}
	port, dir := launch.FreePort(t), t.TempDir()
	listen := fmt.Sprintf("listen 127.0.0.1:%d;", port)
	if authority != nil {
		certificate, key := authority.Server(t)
		listen = fmt.Sprintf("listen 127.0.0.1:%d ssl; ssl_certificate %s; ssl_certificate_key %s; ssl_client_certificate %s;",
			port, certificate, key, authority.File(t))
	}
	text := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
  limit_req_zone $binary_remote_addr zone=one:1m rate=1r/m; limit_req_status 429;
  server { %[2]s %[3]s }
}
`, dir, listen, server)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return &Nginx{start(t, port, exec.CommandContext(context.Background(), binary, "-p", dir, "-c", file))}
}
