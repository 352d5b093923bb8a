package main

import (
	"fmt"
	"io"
	"time"
)

// spinning does what takes a while. On a terminal it shows meanwhile how long that has taken, and takes it away after
// that; elsewhere it writes nothing.
func spinning(out io.Writer, terminal bool, do func()) {
	if !terminal {
		do()
		return
	}
	done, cleared := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(cleared)
		spin(out, done)
	}()
	do()
	close(done)
	<-cleared
}

// spin rewrites one line until it is done, and leaves it empty.
func spin(out io.Writer, done <-chan struct{}) {
	const frames = `|/-\`
	began := time.Now()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
			fmt.Fprintf(out, "\r   %c %.0f s", frames[i%len(frames)], time.Since(began).Seconds())
		case <-done:
			fmt.Fprint(out, "\r\x1b[K") // back to the start of the line, which is erased
			return
		}
	}
}
