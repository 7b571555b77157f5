// Bitácora judged by implementations that know nothing of it: golang.org/x/mod/sumdb (note, tlog), which the Go checksum
// database runs on; github.com/transparency-dev/formats (checkpoints, cosignatures, tlog-proof); and
// github.com/transparency-dev/tessera, a log. tests/interop/run_go.sh starts the components and runs this.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
)

const usage = `usage: interop log URL VKEY RECEIPTS           a log over HTTP, and receipts of it
       interop proofs CHECK_PROOF thin|all    proofs made here and there, checked there and here
       interop notes CHECK_NOTE VECTORS       notes and keys; what was recorded of them
       interop witness KEYFILE LOG_VKEY       a witness on a free port, until it is ended
       interop tessera DIR LOG_KEY POLICY N   appends N entries to a log with witnesses
       interop opens VKEY COSIGNER... <NOTE   does a checkpoint open with all of these keys?
       interop port                           a port of loopback that is free
       interop record CHECK_NOTE VECTORS      writes the vectors`

var failed, run int

// check prints a TAP line.
func check(what string, err error) {
	run++
	if err == nil {
		fmt.Printf("ok %d - %s\n", run, what)
		return
	}
	failed++
	fmt.Printf("not ok %d - %s\n", run, what)
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Printf("# %s\n", line)
	}
}

// must ends the program where nothing more can be tested.
func must[T any](v T, err error) T {
	if err != nil {
		fmt.Printf("not ok %d - %v\n", run+1, err)
		os.Exit(1)
	}
	return v
}

// A tool is a program that answers each line with a line.
type tool struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startTool(path string, args ...string) (*tool, error) {
	cmd := exec.Command(path, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &tool{cmd, in, bufio.NewReaderSize(out, 1<<20)}, cmd.Start()
}

// ask sends one line and returns the words of the answer.
func (t *tool) ask(words ...string) ([]string, error) {
	if _, err := fmt.Fprintln(t.in, strings.Join(words, " ")); err != nil {
		return nil, err
	}
	line, err := t.out.ReadString('\n')
	return strings.Fields(line), err
}

func (t *tool) end() error {
	t.in.Close()
	return t.cmd.Wait()
}

func main() {
	args := os.Args
	is := func(command string, n int) bool { return len(args) == n+2 && args[1] == command }
	switch {
	case is("log", 3):
		testLog(args[2], args[3], args[4])
	case is("proofs", 2):
		testProofs(args[2], args[3] == "all")
	case is("notes", 2):
		testNotes(args[2], args[3])
	case is("witness", 2):
		runWitness(args[2], args[3])
	case is("tessera", 4):
		runTessera(args[2], args[3], args[4], args[5])
	case len(args) > 3 && args[1] == "opens":
		testOpens(args[2], args[3:])
	case is("port", 0):
		l := must(net.Listen("tcp", "127.0.0.1:0"))
		fmt.Println(l.Addr().(*net.TCPAddr).Port)
		l.Close()
	case is("record", 2):
		record(args[2], args[3])
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if failed > 0 {
		os.Exit(1)
	}
}
