package main

import (
	"context"

	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func (l *remoteLog) ReadCheckpoint(context.Context) ([]byte, error) { return l.get("checkpoint") }

func (l *remoteLog) ReadTile(_ context.Context, level, index uint64, p uint8) ([]byte, error) {
	return l.get(layout.TilePath(level, index, p))
}

func (l *remoteLog) ReadEntryBundle(_ context.Context, index uint64, p uint8) ([]byte, error) {
	return l.get(layout.EntriesPath(index, p))
}

// hashBundle gives the leaf hashes of a bundle's entries.
func hashBundle(data []byte) ([][]byte, error) {
	entries, err := splitBundle(data)
	if err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(entries))
	for i, e := range entries {
		hash := tlog.RecordHash(e)
		hashes[i] = hash[:]
	}
	return hashes, nil
}

// checkByTessera lets tessera's fsck rebuild the whole tree and compare every tile.
func checkByTessera(l *remoteLog, vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	return fsck.New(verifier.Name(), verifier, l, hashBundle, fsck.Opts{}).Check(context.Background())
}
