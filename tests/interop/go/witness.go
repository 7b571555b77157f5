package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"

	"github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A witness by c2sp.org/tlog-witness of one log: its proofs are checked by tlog, its notes by x/mod, its cosignatures are those of
// formats; only the HTTP around them is ours. It cosigns with an Ed25519 key and, as the specification recommends, with one of
// ML-DSA-44 of the same name, of which a Bitácora log knows nothing.
type goWitness struct {
	mu      sync.Mutex
	log     note.Verifier
	signers []note.Signer
	tree    tlog.Tree
	counts  map[string]int
}

type refusal struct {
	status int
	words  string
}

func (r refusal) Error() string { return r.words }

func (w *goWitness) addCheckpoint(body []byte) ([]byte, error) {
	head, checkpoint, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	size, prefixed := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseInt(size, 10, 64)
	if !ok || !prefixed || err != nil || old < 0 || size != strconv.FormatInt(old, 10) || len(lines) > 64 {
		return nil, refusal{400, "malformed"}
	}
	var proof tlog.TreeProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return nil, refusal{400, "a proof line"}
		}
		proof = append(proof, h)
	}
	if !bytes.HasPrefix(checkpoint, []byte(w.log.Name()+"\n")) {
		return nil, refusal{404, "an unknown log"}
	}
	cp, _, n, err := log.ParseCheckpoint(checkpoint, w.log.Name(), w.log)
	if err != nil {
		return nil, refusal{403, err.Error()}
	}
	next := tlog.Tree{N: int64(cp.Size), Hash: tlog.Hash(cp.Hash)}
	if old > next.N {
		return nil, refusal{400, "old is larger"}
	}
	if old != w.tree.N {
		return nil, refusal{409, fmt.Sprint(w.tree.N)}
	}
	if old == 0 && len(proof) > 0 {
		return nil, refusal{422, "a proof from nothing"}
	}
	if old > 0 {
		if err := tlog.CheckTree(proof, next.N, next.Hash, old, w.tree.Hash); err != nil {
			return nil, refusal{422, err.Error()}
		}
		if old < next.N {
			w.counts["proofs"]++
		}
	}
	signed, err := note.Sign(&note.Note{Text: n.Text}, w.signers...)
	if err != nil {
		return nil, err
	}
	w.tree = next
	return signed[len(n.Text)+1:], nil
}

func (w *goWitness) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Method != "POST" || r.URL.Path != "/add-checkpoint" {
		fmt.Fprintf(rw, "size %d\nproofs %d\n", w.tree.N, w.counts["proofs"])
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<10)) // as much as transparency-dev/witness takes
	var answer []byte
	if err == nil {
		answer, err = w.addCheckpoint(body)
	}
	var no refusal
	switch {
	case err == nil:
		rw.Write(answer)
	case errors.As(err, &no) && no.status == 409:
		rw.Header().Set("Content-Type", "text/x.tlog.size")
		rw.WriteHeader(409)
		fmt.Fprintln(rw, no.words)
	case errors.As(err, &no):
		http.Error(rw, no.words, no.status)
	default:
		http.Error(rw, err.Error(), 500)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func runWitness(keyFile, logVkey string) {
	key := strings.TrimSpace(string(must(os.ReadFile(keyFile))))
	ed := must(fnote.NewSignerForCosignatureV1(key))
	quantum, _, err := fnote.GenerateMLDSAKey(ed.Name())
	must(0, err)
	w := &goWitness{
		log:     must(note.NewVerifier(logVkey)),
		signers: []note.Signer{must(fnote.NewSignerForCosignatureV1(quantum)), ed},
		counts:  map[string]int{},
	}
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	fmt.Printf("listening on http://%s\n", listener.Addr())
	must(0, http.Serve(listener, w))
}

// testOpens: the checkpoint on standard input opens with the log's key and those of all cosigners.
func testOpens(vkey string, cosigners []string) {
	data := must(io.ReadAll(os.Stdin))
	v := must(note.NewVerifier(vkey))
	var others []note.Verifier
	for _, c := range cosigners {
		others = append(others, must(fnote.NewVerifierForCosignatureV1(c)))
	}
	cp, _, n, err := log.ParseCheckpoint(data, v.Name(), v, others...)
	if err == nil && len(n.Sigs) != 1+len(cosigners) {
		err = fmt.Errorf("%d good signatures of %d:\n%s", len(n.Sigs), 1+len(cosigners), data)
	}
	size := uint64(0)
	if err == nil {
		size = cp.Size
	}
	check(fmt.Sprintf("Go opens the checkpoint with the log's key and %d cosigners' (size %d)", len(cosigners), size), err)
}
