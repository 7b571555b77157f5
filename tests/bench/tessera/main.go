// What Tessera does on the same machine, for `make bench` (section peers): its POSIX storage and its
// fsck, in process, without HTTP and without a signature of any entry.
//
//	tessera fsck VKEY_FILE LOG_DIR
//	tessera append NEW_DIR SECONDS CLIENTS ENTRY_BYTES
//
// fsck ends with 0 if the log is as its checkpoint says. append prints "APPENDS PER_S P50_MS CPU_S":
// each client appends an entry, waits until it is under a published checkpoint, and appends the next.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// The shortest interval that its POSIX storage takes; batches and polls that do not add to it.
const (
	checkpointEvery = 100 * time.Millisecond
	batchAge        = 10 * time.Millisecond
	pollEvery       = 5 * time.Millisecond
	batchEntries    = 256
)

// As its own cmd/fsck has it.
func leaves(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := make([][]byte, 0, len(b.Entries))
	for _, e := range b.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(e))
	}
	return hashes, nil
}

func check(keyFile, dir string) error {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	files := &client.FileFetcher{Root: dir}
	workers := fsck.Opts{N: uint(runtime.NumCPU())}
	return fsck.New(v.Name(), v, files, leaves, workers).Check(context.Background())
}

type log struct {
	appender *tessera.Appender
	shutdown func(context.Context) error
	awaiter  *tessera.PublicationAwaiter
}

func open(ctx context.Context, dir string) (*log, error) {
	secret, _, err := note.GenerateKey(rand.Reader, "tessera.example")
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, err
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		return nil, err
	}
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(checkpointEvery).
		WithBatching(batchEntries, batchAge)
	a, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	if err != nil {
		return nil, err
	}
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, pollEvery)
	return &log{a, shutdown, awaiter}, nil
}

// Appends until then; returns how long each took.
func (l *log) appendUntil(ctx context.Context, end time.Time, size int) ([]time.Duration, error) {
	var took []time.Duration
	for time.Now().Before(end) {
		entry := make([]byte, size)
		if _, err := rand.Read(entry); err != nil {
			return nil, err
		}
		begin := time.Now()
		if _, _, err := l.awaiter.Await(ctx, l.appender.Add(ctx, tessera.NewEntry(entry))); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin))
	}
	return took, nil
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func appends(dir string, seconds, clients, size int) error {
	ctx := context.Background()
	l, err := open(ctx, dir)
	if err != nil {
		return err
	}
	var lock sync.Mutex
	var all []time.Duration
	var failed []error
	var running sync.WaitGroup
	begin, cpu := time.Now(), cpuSeconds()
	end := begin.Add(time.Duration(seconds) * time.Second)
	for range clients {
		running.Add(1)
		go func() {
			defer running.Done()
			took, err := l.appendUntil(ctx, end, size)
			lock.Lock()
			defer lock.Unlock()
			all, failed = append(all, took...), append(failed, err)
		}()
	}
	running.Wait()
	wall := time.Since(begin).Seconds()
	cpu = cpuSeconds() - cpu
	if err := errors.Join(failed...); err != nil || len(all) == 0 {
		return errors.Join(err, errors.New("an append failed"))
	}
	slices.Sort(all)
	p50 := all[len(all)/2].Seconds() * 1e3
	fmt.Printf("%d %.1f %.2f %.3f\n", len(all), float64(len(all))/wall, p50, cpu)
	return l.shutdown(ctx)
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "fsck" {
		return check(args[1], args[2])
	}
	if len(args) == 5 && args[0] == "append" {
		var n [3]int
		for i := range n {
			var err error
			if n[i], err = strconv.Atoi(args[2+i]); err != nil {
				return err
			}
		}
		return appends(args[1], n[0], n[1], n[2])
	}
	return errors.New("usage: tessera fsck VKEY_FILE LOG_DIR | append NEW_DIR SECONDS CLIENTS BYTES")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tessera:", err)
		os.Exit(1)
	}
}
