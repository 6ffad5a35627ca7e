package wsprobe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/channel-layer/terraform-provider-channels/internal/crash"
	"github.com/channel-layer/terraform-provider-channels/internal/finding"
	"github.com/channel-layer/terraform-provider-channels/internal/netprobe"
)

// Log takes what helps to debug a probe that crashed; nil drops it.
type Log func(ctx context.Context, message string, fields ...map[string]any)

// Session is one WebSocket from the name to the goodbye. It is not for several
// goroutines at once. [Session.End] must be called.
type Session struct {
	network netprobe.Network
	request Request
	log     Log
	caller  context.Context //nolint:containedctx // a session lives between calls
	life    context.Context //nolint:containedctx // until End
	ctx     context.Context //nolint:containedctx // with the request's timeout
	cancel  context.CancelFunc
	started time.Time
	report  Report
	problem *problem
	notes   []*problem
	wire    *wire    // TCP
	secured net.Conn // what HTTP is spoken over: wire, or TLS over it
	socket  *websocket.Conn
	// messages come from the reader, which closes the channel when the WebSocket
	// ends; ended is the reason then.
	messages chan []byte
	ended    error
	// asked is set when the server asks for a client's certificate.
	asked bool
}

// Probe opens a WebSocket, waits for what is expected and closes it, within the
// request's timeout. It leaves nothing open behind it, and returns at once when
// ctx ends, with Report.Canceled.
func Probe(ctx context.Context, network netprobe.Network, log Log, request Request) Report {
	s := Begin(ctx, network, log, request)
	if s.IsOpen() {
		s.guard(func() {
			if request.waits() {
				s.Await(request.expectation())
			} else {
				s.settle()
			}
		})
	}
	return s.End()
}

// Begin opens a WebSocket, and sends the request's text if it has one. The
// request's timeout bounds the session from here to [Session.End].
func Begin(ctx context.Context, network netprobe.Network, log Log, request Request) *Session {
	s := &Session{network: network, request: request, log: log, caller: ctx, started: time.Now()}
	life, die := context.WithCancel(ctx)
	timed, cancel := context.WithTimeout(life, request.timeout())
	s.life, s.ctx, s.cancel = life, timed, func() { cancel(); die() }
	s.report.Address = request.Target.Address()
	s.guard(s.climb)
	return s
}

// guard keeps a defect of the probe from ending the process. The value of a
// panic may hold anything, so that only its type and the stack are logged.
func (s *Session) guard(do func()) {
	if bug := crash.Guard(do); bug != nil {
		if s.log != nil {
			s.log(s.life, "the check of a WebSocket crashed", map[string]any{"panic_type": bug.Kind, "stack": bug.Stack})
		}
		s.problem = &problem{doc: finding.CrashedDoc(), undetermined: true,
			observed: "The check of the WebSocket stopped on a bug of its own."}
	}
}

func (s *Session) climb() {
	var addresses []string
	if !s.stage(StageResolve, func() (p *problem) { addresses, p = s.resolve(); return p }) ||
		!s.stage(StageConnect, func() *problem { return s.connect(addresses) }) {
		return
	}
	// Nothing that blocks on the connection outlives the context. Once the
	// WebSocket is open there is time for a goodbye.
	hangUp := func() { _ = s.wire.Close() }
	context.AfterFunc(s.life, hangUp)
	stop := context.AfterFunc(s.ctx, hangUp)
	defer stop()
	s.secured = s.wire
	if s.request.Target.Secure && !s.stage(StageTLS, s.secure) {
		return
	}
	if !s.stage(StageUpgrade, s.upgrade) {
		return
	}
	s.report.Connected = true
	s.listen()
	if s.request.Send != nil {
		if err := s.socket.Write(s.ctx, websocket.MessageText, []byte(s.request.Send.Reveal())); err != nil {
			// Why it is no longer open, the reader knows.
			s.stage(StageOpen, s.closed)
		}
	}
}

// IsOpen reports whether the WebSocket was opened and is not known to have ended.
func (s *Session) IsOpen() bool { return s.socket != nil && s.problem == nil }

// stage runs one step, times it, and reports whether to go on.
func (s *Session) stage(name StageName, step func() *problem) bool {
	started := time.Now()
	p := step()
	status := finding.Passed
	if p != nil {
		s.problem = p
		if status = finding.Failed; p.undetermined {
			status = finding.Undetermined
		}
	}
	s.report.Stages = append(s.report.Stages, Stage{Name: name, Status: status, Duration: time.Since(started)})
	return p == nil
}

func (s *Session) resolve() ([]string, *problem) {
	addresses, err := s.network.Resolve(s.ctx, s.request.Target.Host)
	if err == nil && len(addresses) == 0 {
		err = &net.DNSError{Err: "no addresses", IsNotFound: true}
	}
	if err != nil {
		return nil, s.notResolved(err)
	}
	return addresses, nil
}

func (s *Session) connect(addresses []string) *problem {
	conn, _, err := netprobe.Connect(s.ctx, s.network, addresses, strconv.Itoa(s.request.Target.Port))
	if err != nil {
		return s.notConnected(err, len(addresses))
	}
	s.wire = &wire{Conn: conn}
	return nil
}

// maxMessage bounds what is kept of one message, in bytes.
const maxMessage = 1 << 20

// listen reads messages until the WebSocket ends. While nobody takes them it
// holds one and reads no further.
func (s *Session) listen() {
	s.messages = make(chan []byte)
	s.socket.SetReadLimit(-1) // it is kept in receive
	go func() {
		defer close(s.messages)
		if bug := crash.Guard(s.read); bug != nil {
			s.ended = bug
		}
	}()
}

func (s *Session) read() {
	for {
		message, err := s.receive()
		if err != nil {
			s.ended = err
			return
		}
		select {
		case s.messages <- message:
		case <-s.life.Done():
			s.ended = s.life.Err()
			return
		}
	}
}

// receive reads one message and keeps its beginning: browsers take longer ones
// as well.
func (s *Session) receive() ([]byte, error) {
	_, reader, err := s.socket.Reader(s.life)
	if err != nil {
		return nil, err
	}
	message, err := io.ReadAll(io.LimitReader(reader, maxMessage))
	if err == nil {
		_, err = io.Copy(io.Discard, reader)
	}
	return message, err
}

// Await waits for a message that is as expected and reports whether it came.
func (s *Session) Await(expected Expectation) bool {
	return s.stage(StageReply, func() *problem {
		others := 0
		for {
			select {
			case message, open := <-s.messages:
				switch {
				case !open:
					return s.closed()
				case expected.matches(message):
					s.report.Replied = true
					return nil
				}
				others++
			case <-s.ctx.Done():
				return s.noReply(expected, others)
			}
		}
	})
}

// settleFor is how long an app has to close what it has accepted. uvicorn does
// it at once where connect() raises behind accept(); daphne looks once a second
// which consumers have ended (server.py, application_checker).
const settleFor = 1250 * time.Millisecond

// settle waits whether the app closes what it has just accepted.
func (s *Session) settle() {
	s.stage(StageOpen, func() *problem {
		timer := time.NewTimer(settleFor)
		defer timer.Stop()
		for {
			select {
			case _, open := <-s.messages:
				if !open {
					return s.closed()
				}
			case <-timer.C:
				return nil
			case <-s.ctx.Done():
				return nil
			}
		}
	})
}

// StaysOpen waits a moment whether the app closes what it has accepted, and
// reports whether it does not. It is for a session in which no message is waited
// for; the report then says how the WebSocket was closed.
func (s *Session) StaysOpen() bool {
	s.settle()
	return s.problem == nil
}

// closeWithin bounds the goodbye.
const closeWithin = 500 * time.Millisecond

// End closes the WebSocket as a browser does whose tab is closed, and returns
// what was found.
func (s *Session) End() Report {
	s.guard(s.goodbye)
	s.cancel()
	if s.wire != nil {
		_ = s.wire.Close()
	}
	if s.messages != nil {
		for range s.messages {
			// The reader ends because its connection is closed.
		}
	}
	s.report.Duration = time.Since(s.started)
	s.report.Canceled = s.caller.Err() != nil
	if s.report.Canceled {
		s.report.Outcome = finding.Unknown()
		return s.report
	}
	s.report.Outcome = s.outcome()
	s.report.Transient = s.problem != nil && s.problem.transient
	return s.report
}

func (s *Session) outcome() finding.Outcome {
	var findings []finding.Finding
	if s.problem != nil {
		findings = append(findings, s.problem.finding())
	}
	for _, note := range s.notes {
		findings = append(findings, note.finding())
	}
	outcome := finding.Fail(findings...)
	if s.problem != nil && s.problem.undetermined {
		outcome.Status = finding.Undetermined
	}
	return outcome
}

func (s *Session) goodbye() {
	if s.socket == nil {
		s.hangUp()
		return
	}
	if s.report.CloseCode != 0 || s.life.Err() != nil {
		_ = s.socket.CloseNow()
		return
	}
	started := time.Now()
	// Close waits for the answer, for 5 seconds of its own.
	timer := time.AfterFunc(closeWithin, func() { _ = s.wire.Close() })
	defer timer.Stop()
	go func() {
		for range s.messages {
			// What comes behind the goodbye is for nobody.
		}
	}()
	_ = s.socket.Close(websocket.StatusNormalClosure, "")
	for range s.messages {
		// The reader has ended when this does.
	}
	status := finding.Undetermined
	var frame websocket.CloseError
	if errors.As(s.ended, &frame) {
		status = finding.Passed
	}
	s.report.Stages = append(s.report.Stages, Stage{Name: StageClose, Status: status, Duration: time.Since(started)})
}

// farewell is how long a goodbye of TLS may take.
const farewell = 50 * time.Millisecond

// hangUp ends a connection that never became a WebSocket.
func (s *Session) hangUp() {
	if secured, ok := s.secured.(*tls.Conn); ok {
		_ = secured.SetDeadline(time.Now().Add(farewell))
		_ = secured.Close()
	}
}

// CloseCode is the code with which the other end has closed the WebSocket, as in
// [Report].
func (s *Session) CloseCode() int { return s.report.CloseCode }
