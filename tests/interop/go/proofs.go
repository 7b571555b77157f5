package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const largest = 1000

// A madeLog is the log whose leaf i is the text "leaf i", as tests/tools/check_proof.c has it.
type madeLog struct {
	hashes storedHashes
	root   [largest + 1]tlog.Hash
}

func newMadeLog() *madeLog {
	l := &madeLog{}
	for i := int64(0); i < largest; i++ {
		must(0, l.hashes.add(i, tlog.RecordHash([]byte("leaf "+strconv.FormatInt(i, 10)))))
		l.root[i+1] = must(tlog.TreeHash(i+1, l.hashes))
	}
	return l
}

func (l *madeLog) leaf(i int64) tlog.Hash { return l.hashes[tlog.StoredHashIndex(0, i)] }

// A claim is that of a proof: that a leaf, or an older tree, is in a tree.
type claim struct {
	kind        string
	a, b        int64 // index and size, or old and new size
	first, then tlog.Hash
	proof       []tlog.Hash
}

func (l *madeLog) claim(kind string, a, b int64) (claim, error) {
	if kind == "inclusion" {
		if a < 0 || a >= b {
			return claim{}, errors.New("no such leaf")
		}
		p, err := tlog.ProveRecord(b, a, l.hashes)
		return claim{kind, a, b, l.root[b], l.leaf(a), p}, err
	}
	p, err := tlog.ProveTree(b, a, l.hashes)
	return claim{kind, a, b, l.root[a], l.root[b], p}, err
}

func (c claim) check() error {
	if c.kind == "inclusion" {
		return tlog.CheckRecord(c.proof, c.b, c.first, c.a, c.then)
	}
	return tlog.CheckTree(c.proof, c.b, c.then, c.a, c.first)
}

// text is the claim as a line of check_proof, and of tests/vectors.
func (c claim) text() string {
	out := make([]byte, 0, 1024)
	out = append(out, c.kind...)
	out = strconv.AppendInt(append(out, ' '), c.a, 10)
	out = strconv.AppendInt(append(out, ' '), c.b, 10)
	out = hex.AppendEncode(append(out, ' '), c.first[:])
	out = hex.AppendEncode(append(out, ' '), c.then[:])
	for _, h := range c.proof {
		out = hex.AppendEncode(append(out, ' '), h[:])
	}
	return string(out)
}

func parseClaim(line string) (c claim, err error) {
	words := strings.Fields(line)
	if len(words) < 5 {
		return c, fmt.Errorf("%q", line)
	}
	c.kind = words[0]
	c.a, _ = strconv.ParseInt(words[1], 10, 64)
	c.b, _ = strconv.ParseInt(words[2], 10, 64)
	for i, w := range words[3:] {
		var h tlog.Hash
		if n, err := hex.Decode(h[:], []byte(w)); err != nil || n != len(h) {
			return c, fmt.Errorf("%q", line)
		}
		switch i {
		case 0:
			c.first = h
		case 1:
			c.then = h
		default:
			c.proof = append(c.proof, h)
		}
	}
	return c, nil
}

// near: where a tree of 256-wide tiles and of powers of two has its edges.
func near(a, b int64) bool {
	for d := int64(-1); d <= 1; d++ {
		if v := a + d; v == 0 || v&(v-1) == 0 || v%256 == 0 || v == b/2 || v == b {
			return true
		}
	}
	return false
}

// grid calls f for every (index, size) or (old, new) up to 1,000; thin: all of them up to 130, beyond
// that those near edges.
func grid(kind string, all bool, f func(a, b int64) error) (n int, err error) {
	for b := int64(1); b <= largest; b++ {
		first, last := int64(0), b-1
		if kind == "consistency" {
			first, last = 1, b
		}
		for a := first; a <= last; a++ {
			if !all && b > 130 && !near(a, b) {
				continue
			}
			n++
			if err := f(a, b); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

// pass sends a line for each point of the grid and hands each answer to take.
func pass(path string, args []string, kind string, all bool, line func(a, b int64) (string, error), take func(a, b int64, answer string) error) (int, error) {
	t, err := startTool(path, args...)
	if err != nil {
		return 0, err
	}
	sent := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(t.in, 1<<20)
		_, err := grid(kind, all, func(a, b int64) error {
			text, err := line(a, b)
			w.WriteString(text)
			w.WriteByte('\n')
			return err
		})
		sent <- errors.Join(err, w.Flush(), t.in.Close())
	}()
	n, err := grid(kind, all, func(a, b int64) error {
		answer, err := t.out.ReadString('\n')
		if err != nil {
			return err
		}
		return take(a, b, strings.TrimSuffix(answer, "\n"))
	})
	if err != nil {
		t.cmd.Process.Kill()
		<-sent
		t.cmd.Wait()
		return n, err
	}
	return n, errors.Join(<-sent, t.cmd.Wait())
}

// theirs: proofs of tlog, checked in C.
func (l *madeLog) theirs(path, kind string, all bool) (int, error) {
	return pass(path, nil, kind, all, func(a, b int64) (string, error) {
		c, err := l.claim(kind, a, b)
		return c.text(), err
	}, func(a, b int64, answer string) error {
		if answer != "good" {
			return fmt.Errorf("%s %d %d: %s", kind, a, b, answer)
		}
		return nil
	})
}

// ours: proofs of proto/tlog/tile.c, checked by tlog.
func (l *madeLog) ours(path, kind string, all bool) (int, error) {
	return pass(path, []string{"make"}, kind, all, func(a, b int64) (string, error) {
		return fmt.Sprintf("%s %d %d", kind, a, b), nil
	}, func(a, b int64, answer string) error {
		c, err := parseClaim(answer)
		if err != nil {
			return err
		}
		want := claim{kind: kind, a: a, b: b, first: l.root[b]}
		if kind == "inclusion" {
			want.then = l.leaf(a)
		} else {
			want.first, want.then = l.root[a], l.root[b]
		}
		want.proof = c.proof
		if c.a != a || c.b != b || c.first != want.first || c.then != want.then {
			return fmt.Errorf("%s %d %d: another tree", kind, a, b)
		}
		if err := want.check(); err != nil {
			return fmt.Errorf("%s %d %d: %v", kind, a, b, err)
		}
		return nil
	})
}

// altered returns every claim that a small change makes of c, and c.
func (c claim) altered() (out []claim) {
	edits := []func(*claim){
		func(d *claim) {},
		func(d *claim) { d.a++ },
		func(d *claim) { d.a-- },
		func(d *claim) { d.b++ },
		func(d *claim) { d.b-- },
		func(d *claim) { d.a, d.b = d.b, d.a },
		func(d *claim) { d.a *= 2; d.b *= 2 },
		func(d *claim) { d.first[31] ^= 1 },
		func(d *claim) { d.then[0] ^= 0x80 },
		func(d *claim) { d.first, d.then = d.then, d.first },
		func(d *claim) { d.proof = append(d.proof, d.first) },
		func(d *claim) { d.proof = append([]tlog.Hash{d.first}, d.proof...) },
		func(d *claim) { d.proof = append(d.proof, tlog.Hash{}) },
	}
	for i := range c.proof {
		edits = append(edits,
			func(d *claim) { d.proof[i][i%32] ^= 1 << (i % 8) },
			func(d *claim) { d.proof = append(d.proof[:i], d.proof[i+1:]...) },
			func(d *claim) { d.proof = append(d.proof[:i+1], d.proof[i:]...) },
			func(d *claim) { j := (i + 1) % len(d.proof); d.proof[i], d.proof[j] = d.proof[j], d.proof[i] },
			func(d *claim) { d.proof = d.proof[:i] })
	}
	for _, edit := range edits {
		d := c
		d.proof = slices.Clone(c.proof)
		edit(&d)
		out = append(out, d)
	}
	return out
}

// alteredClaims of all proofs of sizes up to 20. Those with a minus sign are left out: check_proof reads none.
func (l *madeLog) alteredClaims() (claims []claim, err error) {
	for _, kind := range []string{"inclusion", "consistency"} {
		for b := int64(1); b <= 20; b++ {
			for a := int64(0); a <= b; a++ {
				if c, err := l.claim(kind, a, b); err == nil {
					claims = append(claims, c.altered()...)
				} else if (kind == "inclusion") == (a < b) && a > 0 {
					return nil, err
				}
			}
		}
	}
	return slices.DeleteFunc(claims, func(c claim) bool { return c.a < 0 || c.b < 0 }), nil
}

// bad: both say the same of every proof that was altered.
func (l *madeLog) bad(path string) (good, refused int, err error) {
	claims, err := l.alteredClaims()
	if err != nil {
		return 0, 0, err
	}
	t, err := startTool(path)
	if err != nil {
		return 0, 0, err
	}
	go func() {
		w := bufio.NewWriter(t.in)
		for _, c := range claims {
			fmt.Fprintln(w, c.text())
		}
		w.Flush()
		t.in.Close()
	}()
	for _, c := range claims {
		answer, e := t.out.ReadString('\n')
		theirs := c.check()
		if err == nil && (e != nil || (theirs == nil) != (answer == "good\n")) {
			err = fmt.Errorf("%s\nwe say %s, tlog says %v", c.text(), answer, theirs)
		}
		if theirs == nil {
			good++
		} else {
			refused++
		}
	}
	return good, refused, errors.Join(err, t.cmd.Wait())
}

func testProofs(path string, all bool) {
	l := newMadeLog()
	extent := "all of sizes up to 130, beyond that those near edges; `make interop` does all"
	if all {
		extent = "all"
	}
	type result struct {
		what string
		n    int
		err  error
		took time.Duration
	}
	// Two at once: each keeps one core busy.
	results := [2]chan result{make(chan result, 2), make(chan result, 2)}
	for i, kind := range []string{"inclusion", "consistency"} {
		go func() {
			begin := time.Now()
			n, err := l.theirs(path, kind, all)
			results[i] <- result{"proofs of tlog that we check", n, err, time.Since(begin)}
			begin = time.Now()
			n, err = l.ours(path, kind, all)
			results[i] <- result{"proofs of ours that tlog checks", n, err, time.Since(begin)}
		}()
	}
	for i, kind := range []string{"inclusion", "consistency"} {
		for range 2 {
			r := <-results[i]
			check(fmt.Sprintf("proofs: %d %s %s, of sizes 1 to 1,000 (%s)", r.n, kind, r.what, extent), r.err)
			fmt.Printf("# %.1f s\n", r.took.Seconds())
		}
	}
	good, refused, err := l.bad(path)
	check(fmt.Sprintf("proofs: the same verdicts on altered proofs of sizes 1 to 20 (%d refused, %d still good)", refused, good), err)
}
