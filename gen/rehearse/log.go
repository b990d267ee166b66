package rehearse

import (
	"fmt"
	"sync"
)

// keptLines is how much of a server's log is kept.
const keptLines = 500

// log keeps the last lines that a server logs. It is the server's Logger.
type log struct {
	sync.Mutex
	lines []string
	fatal string // what would have ended the process
}

func (l *log) add(level, format string, values ...any) {
	l.Lock()
	defer l.Unlock()
	if len(l.lines) == keptLines {
		l.lines = l.lines[1:]
	}
	l.lines = append(l.lines, "["+level+"] "+fmt.Sprintf(format, values...))
}

// The levels, as nats-server writes them.
func (l *log) Noticef(format string, v ...any) { l.add("INF", format, v...) }
func (l *log) Warnf(format string, v ...any)   { l.add("WRN", format, v...) }
func (l *log) Errorf(format string, v ...any)  { l.add("ERR", format, v...) }
func (l *log) Debugf(format string, v ...any)  { l.add("DBG", format, v...) }
func (l *log) Tracef(format string, v ...any)  { l.add("TRC", format, v...) }

// Fatalf is where nats-server's own logger ends the process.
func (l *log) Fatalf(format string, v ...any) {
	l.add("FTL", format, v...)
	l.Lock()
	defer l.Unlock()
	if l.fatal == "" {
		l.fatal = fmt.Sprintf(format, v...)
	}
}

func (l *log) dead() string {
	l.Lock()
	defer l.Unlock()
	return l.fatal
}

// last are the last lines, at most n.
func (l *log) last(n int) []string {
	l.Lock()
	defer l.Unlock()
	return append([]string(nil), l.lines[max(0, len(l.lines)-n):]...)
}
