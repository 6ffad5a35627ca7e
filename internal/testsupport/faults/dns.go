package faults

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// Name is what a name server says of every name.
type Name struct {
	// Addresses are its addresses, IPv4.
	Addresses []string
	// Code is success, unless set.
	Code dnsmessage.RCode
	// After is how long it takes.
	After time.Duration
	// Never: it does not answer at all.
	Never bool
	// Garbage: it answers what is no message.
	Garbage bool
}

// NameServer is a real name server, over UDP on port 53 of a loopback address.
type NameServer struct {
	conn    *net.UDPConn
	says    Name
	asked   atomic.Int64
	running sync.WaitGroup
	ended   chan struct{}
}

// ServeNames starts a name server that ends with the test. Port 53 needs root:
// without it the test is skipped, but with CI set it fails.
func ServeNames(t testing.TB, says Name) *NameServer {
	t.Helper()
	s := &NameServer{says: says, ended: make(chan struct{})}
	var err error
	for i := range 100 {
		// Others may have taken the port of an address.
		address := net.UDPAddr{IP: net.IPv4(127, 53, byte(os.Getpid()), byte(1+(int(addressCount.Add(1))+i)%250)), Port: 53}
		if s.conn, err = net.ListenUDP("udp4", &address); err == nil {
			break
		}
	}
	if err != nil {
		Unpermitted(t, err)
	}
	s.running.Go(s.serve)
	t.Cleanup(func() {
		close(s.ended)
		_ = s.conn.Close()
		s.running.Wait()
	})
	return s
}

// addressCount makes servers of one process take different addresses.
var addressCount atomic.Int64

// Unpermitted skips a test that needs root for want of it, and fails it where CI
// is set: there it must run.
func Unpermitted(t testing.TB, err error) {
	t.Helper()
	message := fmt.Sprintf("this needs root: %v", err)
	if os.Getenv("CI") != "" && !errors.Is(err, errors.ErrUnsupported) {
		t.Fatal(message)
	}
	t.Skip(message)
}

// IP is the server's address; its port is 53.
func (s *NameServer) IP() string { return s.conn.LocalAddr().(*net.UDPAddr).IP.String() }

// Asked is how many questions came.
func (s *NameServer) Asked() int { return int(s.asked.Load()) }

func (s *NameServer) serve() {
	buffer := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		s.asked.Add(1)
		answer := s.answer(buffer[:n])
		if answer == nil || s.says.Never {
			continue
		}
		s.running.Go(func() {
			timer := time.NewTimer(s.says.After)
			defer timer.Stop()
			select {
			case <-timer.C:
				_, _ = s.conn.WriteToUDPAddrPort(answer, from)
			case <-s.ended:
			}
		})
	}
}

// answer makes the answer to a question, nil to what is none.
func (s *NameServer) answer(packet []byte) []byte {
	if s.says.Garbage {
		return []byte("not a message of the domain name system")
	}
	var message dnsmessage.Message
	if err := message.Unpack(packet); err != nil || len(message.Questions) != 1 {
		return nil
	}
	question := message.Questions[0]
	message.Response, message.RCode, message.Additionals = true, s.says.Code, nil
	if question.Type == dnsmessage.TypeA {
		for _, address := range s.says.Addresses {
			message.Answers = append(message.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 1},
				Body:   &dnsmessage.AResource{A: netip.MustParseAddr(address).As4()},
			})
		}
	}
	packed, err := message.Pack()
	if err != nil {
		return nil
	}
	return packed
}
