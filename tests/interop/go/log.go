package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A remoteLog is a log of tlog-tiles; hashes that are read through it are verified against its tree.
type remoteLog struct {
	url     string
	tree    tlog.Tree
	fetched int
}

func (l *remoteLog) get(path string) ([]byte, error) {
	answer, err := http.Get(l.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	l.fetched++
	return io.ReadAll(answer.Body)
}

// path is where tlog-tiles has a tile that the checksum database would have under its height.
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	if rest, ok := strings.CutPrefix(p, "data/"); ok {
		return "tile/entries/" + rest
	}
	return "tile/" + p
}

func (l *remoteLog) Height() int { return 8 }

func (l *remoteLog) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if data[i], err = l.get(path(t)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (l *remoteLog) SaveTiles([]tlog.Tile, [][]byte) {}

// openCheckpoint opens a checkpoint with the log's key, by two libraries.
func openCheckpoint(bytes []byte, vkey string) (tlog.Tree, *note.Note, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	cp, rest, n, err := log.ParseCheckpoint(bytes, verifier.Name(), verifier)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	if len(rest) > 0 {
		return tlog.Tree{}, nil, fmt.Errorf("extension lines: %q", rest)
	}
	tree := tlog.Tree{N: int64(cp.Size), Hash: tlog.Hash(cp.Hash)}
	// tlog reads the same lines under the only origin that it knows.
	_, body, _ := strings.Cut(n.Text, "\n")
	same, err := tlog.ParseTree([]byte("go.sum database tree\n" + body))
	if err == nil && same != tree {
		err = errors.New("tlog reads another tree")
	}
	return tree, n, err
}

// storedHashes of leaves that come one after another, in memory.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		out[i] = s[at]
	}
	return out, nil
}

func (s *storedHashes) add(index int64, leaf tlog.Hash) error {
	more, err := tlog.StoredHashesForRecordHash(index, leaf, *s)
	*s = append(*s, more...)
	return err
}

func splitBundle(data []byte) (entries [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("a bundle that does not divide")
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:n])
		data = data[n:]
	}
	return entries, nil
}

// An entryReader opens one record after another with the key that was enrolled for it.
type entryReader struct {
	log      string
	last     tlog.Hash
	leaves   storedHashes
	enrolled map[int64][]string // by entry: vkeys that may sign under it
	kinds    map[string]int
}

// read judges entry `index`: header, chain, and the signature of its record.
func (r *entryReader) read(index int64, entry []byte) error {
	header, record, ok := bytes.Cut(entry, []byte("\n\n"))
	lines := strings.Split(string(header), "\n")
	if !ok || len(lines) != 4 || lines[0] != "bitacora/v1 entry" || lines[1] != fmt.Sprint(index) {
		return fmt.Errorf("entry %d: header %q", index, header)
	}
	if lines[3] != r.last.String() {
		return fmt.Errorf("entry %d: its link is not the leaf hash of the entry before", index)
	}
	r.last = tlog.RecordHash(entry)
	if err := r.leaves.add(index, r.last); err != nil {
		return err
	}
	first, rest, _ := bytes.Cut(record, []byte("\n"))
	kind := strings.TrimPrefix(string(first), "bitacora/v1 ")
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	var members struct {
		Vkey       string
		Registrars []string
		Under      *struct {
			Entry int64
			Hash  string
		}
	}
	if err := json.Unmarshal(text, &members); err != nil {
		return fmt.Errorf("entry %d: %v", index, err)
	}
	keys := []string{r.log}
	if members.Under != nil {
		keys = r.enrolled[members.Under.Entry]
		if kind == "index" && members.Under.Entry == 0 { // the log's own
			keys = []string{r.log}
		}
		if h := r.hash(members.Under.Entry); h.String() != members.Under.Hash {
			return fmt.Errorf("entry %d: `under` names another leaf hash", index)
		}
	} else if index != 0 || kind != "genesis" {
		return fmt.Errorf("entry %d: under nothing", index)
	}
	switch kind {
	case "genesis":
		r.enrolled[index] = members.Registrars
	case "enroll":
		r.enrolled[index] = []string{members.Vkey}
	}
	r.kinds[kind]++
	return opensWith(record, keys)
}

func (r *entryReader) hash(index int64) tlog.Hash {
	if at := tlog.StoredHashIndex(0, index); index >= 0 && at < int64(len(r.leaves)) {
		return r.leaves[at]
	}
	return tlog.Hash{}
}

// opensWith: note.Open with each of the keys, of which one must be it.
func opensWith(record []byte, keys []string) error {
	var known []note.Verifier
	for _, k := range keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return err
		}
		known = append(known, v)
	}
	n, err := note.Open(record, note.VerifierList(known...))
	if err == nil && (len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0) {
		err = errors.New("not exactly one signature")
	}
	return err
}

func testLog(url, vkey, receipts string) {
	l := &remoteLog{url: strings.TrimSuffix(url, "/")}
	signed := must(l.get("checkpoint"))
	tree, _, err := openCheckpoint(signed, vkey)
	check("log: note.Open opens the checkpoint with the log's vkey", err)
	must(0, err)
	l.tree = tree

	r := &entryReader{log: vkey, enrolled: map[int64][]string{}, kinds: map[string]int{}}
	check("log: every record opens with the key that was enrolled for it, and is chained", readEntries(l, r))
	root, err := tlog.TreeHash(tree.N, r.leaves)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("root %v, signed %v", root, tree.Hash)
	}
	check(fmt.Sprintf("log: the root of %d leaf hashes is the signed one (%d kinds)", tree.N, len(r.kinds)), err)
	if r.kinds["index"] < 2 {
		err = fmt.Errorf("%d", r.kinds["index"])
	}
	check("log: entries with its index are among them", err)
	full := 0
	check("log: each tile has the bytes that tlog would give it", compareTiles(l, r, &full))
	if full < 2 {
		check("log: two full tiles", fmt.Errorf("%d", full))
	}
	check("log: tessera's fsck accepts it", checkByTessera(l, vkey))
	reader := tlog.TileHashReader(tree, l)
	var proofs int
	check("log: proofs from our tiles, made by tlog, lead to the signed root", proveAll(tree, reader, r, &proofs))

	files, err := filepath.Glob(filepath.Join(receipts, "*.tlog-proof"))
	must(0, err)
	entries, sizes := 0, map[int64]tlog.Hash{}
	for _, f := range files {
		n, err := readReceipt(must(os.ReadFile(f)), vkey, r, sizes)
		if entries += n; err != nil {
			check("log: receipt "+f, err)
		}
	}
	if len(files) == 0 {
		err = errors.New("there is none")
	}
	check(fmt.Sprintf("log: %d receipts are tlog-proofs; %d entries in them are proven to tlog", len(files), entries), err)
	check(fmt.Sprintf("log: it extends each of the %d checkpoints in them", len(sizes)), extendsAll(tree, reader, sizes))
}

func readEntries(l *remoteLog, r *entryReader) error {
	index := int64(0)
	for _, t := range tlog.NewTiles(8, 0, l.tree.N) {
		if t.L != 0 {
			continue
		}
		t.L = -1
		data, err := l.get(path(t))
		if err != nil {
			return err
		}
		entries, err := splitBundle(data)
		if err != nil || len(entries) != t.W {
			return fmt.Errorf("%s: %d entries: %v", path(t), len(entries), err)
		}
		for _, e := range entries {
			if err := r.read(index, e); err != nil {
				return err
			}
			index++
		}
	}
	if index != l.tree.N {
		return fmt.Errorf("%d entries of %d", index, l.tree.N)
	}
	return nil
}

func compareTiles(l *remoteLog, r *entryReader, full *int) error {
	for _, t := range tlog.NewTiles(8, 0, l.tree.N) {
		want, err := tlog.ReadTileData(t, r.leaves)
		if err != nil {
			return err
		}
		got, err := l.get(path(t))
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s differs", path(t))
		}
		if t.L == 0 && t.W == 256 {
			*full++
		}
	}
	return nil
}

func proveAll(tree tlog.Tree, reader tlog.HashReader, r *entryReader, n *int) error {
	for i := int64(0); i < tree.N; i += 7 {
		p, err := tlog.ProveRecord(tree.N, i, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i, r.hash(i)); err != nil {
			return fmt.Errorf("entry %d: %v", i, err)
		}
		*n++
	}
	return nil
}

// readReceipt checks every inclusion proof that a receipt carries (FORMATS.md, Receipt), and returns how many.
func readReceipt(data []byte, vkey string, r *entryReader, sizes map[int64]tlog.Hash) (int, error) {
	var p proof.TLogProof
	if err := p.Unmarshal(data); err != nil {
		return 0, err
	}
	if !bytes.Equal(p.Marshal(), data) {
		return 0, errors.New("written again it is not the same")
	}
	tree, _, err := openCheckpoint(p.Checkpoint, vkey)
	if err != nil {
		return 0, err
	}
	sizes[tree.N] = tree.Hash
	rest, index, path := p.ExtraData, int64(p.Index), tlog.RecordProof{}
	for _, h := range p.Hashes {
		path = append(path, tlog.Hash(h))
	}
	for n := 1; ; n++ {
		if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
			return n, errors.New("an entry is cut off")
		}
		length := 2 + int(binary.BigEndian.Uint16(rest))
		entry := rest[2:length]
		rest = rest[length:]
		if n > 1 {
			hashes := int(rest[0])
			path = nil
			for i := range hashes {
				path = append(path, tlog.Hash(rest[1+32*i:33+32*i]))
			}
			rest = rest[1+32*hashes:]
		}
		leaf := tlog.RecordHash(entry)
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, leaf); err != nil {
			return n, fmt.Errorf("entry %d: %v", index, err)
		}
		if leaf != r.hash(index) {
			return n, fmt.Errorf("entry %d is another one in the log", index)
		}
		if len(rest) == 0 {
			return n, nil
		}
		var members struct{ Under struct{ Entry int64 } }
		_, record, _ := bytes.Cut(entry, []byte("\n\n"))
		if err := json.Unmarshal(bytes.Split(record, []byte("\n"))[1], &members); err != nil {
			return n, err
		}
		index = members.Under.Entry
	}
}

func extendsAll(tree tlog.Tree, reader tlog.HashReader, sizes map[int64]tlog.Hash) error {
	for size, root := range sizes {
		p, err := tlog.ProveTree(tree.N, size, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(p, tree.N, tree.Hash, size, root); err != nil {
			return fmt.Errorf("size %d: %v", size, err)
		}
	}
	return nil
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
