package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Process is a program that runs beside the tests, and ends with them.
type Process struct {
	name string
	log  string
	cmd  *exec.Cmd
	done chan struct{}

	killed atomic.Bool // by us
}

// launch starts a program, whose log is <dir>/<name>.log.
func launch(dir, name string, env []string, program string, args ...string) (*Process, error) {
	p := &Process{name: name, log: filepath.Join(dir, name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(program, args...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Kill ends the program at once, as a crash does.
func (p *Process) Kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Ended is an error with the program's last words once it has ended by itself.
func (p *Process) Ended() error {
	if p.killed.Load() {
		return nil
	}
	select {
	case <-p.done:
		data, _ := os.ReadFile(p.log)
		lines := strings.Split(strings.TrimSpace(string(data)), "\n")
		return fmt.Errorf("%s ended (%s):\n%s", p.name, p.cmd.ProcessState, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	default:
		return nil
	}
}

// Until waits until something is so: until try returns no error. It gives up when the time is over or a program has ended.
func Until(what string, within time.Duration, try func() error, needs ...*Process) error {
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		err := try()
		if err == nil {
			return nil
		}
		for _, p := range needs {
			if ended := p.Ended(); ended != nil {
				return ended
			}
		}
		if time.Since(start) > within {
			return fmt.Errorf("%s: not so after %s: %w", what, within, err)
		}
	}
}
