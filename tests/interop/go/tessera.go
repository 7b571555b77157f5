package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

// runTessera appends entries to a log of tessera in a folder; tessera sends its checkpoint to the witnesses of the policy, and
// publishes it only once they have cosigned. It is signed with a key of ML-DSA-44, too, which a witness does not know.
func runTessera(dir, keyFile, policyFile, count string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	signer := must(note.NewSigner(strings.TrimSpace(string(must(os.ReadFile(keyFile))))))
	quantum, _, err := fnote.GenerateMLDSAKey(signer.Name())
	must(0, err)
	witnesses := must(tessera.NewWitnessGroupFromPolicy(must(os.ReadFile(policyFile))))
	n := must(strconv.Atoi(count))
	driver := must(posix.New(ctx, posix.Config{Path: dir}))
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer, must(fnote.NewSignerForCosignatureV1(quantum))).
		WithBatching(uint(n), 100*time.Millisecond).
		WithCheckpointInterval(100*time.Millisecond).
		WithWitnesses(witnesses, &tessera.WitnessOptions{Timeout: 20 * time.Second})
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	must(0, err)
	var futures []tessera.IndexFuture
	for i := range n {
		futures = append(futures, appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d of %d", i, os.Getpid()))))
	}
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 100*time.Millisecond)
	largest := uint64(0)
	for _, f := range futures {
		index, _, err := await.Await(ctx, f)
		must(0, err)
		largest = max(largest, index.Index)
	}
	must(0, shutdown(ctx))
	cp, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(0, err)
	check(fmt.Sprintf("tessera: %d entries more, up to %d, in a checkpoint that was cosigned", n, largest), covers(cp, largest))
}

func covers(cp []byte, index uint64) error {
	lines := strings.Split(string(cp), "\n")
	if size, err := strconv.ParseUint(lines[1], 10, 64); err != nil || size <= index {
		return fmt.Errorf("its size is %s", lines[1])
	}
	return nil
}
