package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"crypto/sha256"

	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
)

// A noteCase is a note that somebody could send, a key to open it with, and what is expected of both sides: of Go's note.Open,
// and formats' log.ParseCheckpoint under the origin of the key; of our words as check_note has them: form, key, checkpoint,
// policy. Where the two sides differ, why says who is stricter and what the specification says.
type noteCase struct {
	name, vkey string
	note       []byte
	theirs     string // note.Open, log.ParseCheckpoint
	ours       string // note_parse, note_verify, checkpoint_parse, policy_open
	why        string
}

const (
	allGood   = "good good good good"
	malformed = "NOTE_FORM - - -"
)

// differ: one side takes what the other refuses, as a note or as a checkpoint.
func (c noteCase) differ() bool {
	t, o := strings.Fields(c.theirs), strings.Fields(c.ours)
	return (t[0] == "good") != (o[0] == "good" && o[1] == "good") || (t[1] == "good") != (o[3] == "good")
}

// judge: what Go says of a note.
func judge(msg []byte, vkey string) string {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return "no-key no-key"
	}
	words := [2]string{"good", "good"}
	switch _, err = note.Open(msg, note.VerifierList(v)); err.(type) {
	case nil:
	case *note.UnverifiedNoteError:
		words[0] = "unsigned"
	case *note.InvalidSignatureError:
		words[0] = "bad"
	default:
		words[0] = "malformed"
	}
	if _, _, _, err = log.ParseCheckpoint(msg, v.Name(), v); err != nil {
		words[1] = "refused"
	}
	return words[0] + " " + words[1]
}

const noteOrigin = "go.example/log"

var root = encode(bytes.Repeat([]byte{7}, 32))

// line is a signature line.
func line(name string, raw []byte) string { return "— " + name + " " + encode(raw) + "\n" }

func noteCases(skey, vkey string) []noteCase {
	signer := must(note.NewSigner(skey))
	sign := func(text string) string { return string(must(note.Sign(&note.Note{Text: text}, signer))) }
	text := noteOrigin + "\n5\n" + root + "\n"
	good := sign(text)
	own := good[len(text)+1:]
	raw := must(base64.StdEncoding.DecodeString(strings.Fields(own)[2]))
	edited := func(edit func(b []byte)) string {
		b := bytes.Clone(raw)
		edit(b)
		return text + "\n" + line(noteOrigin, b)
	}
	// The 92 characters of 68 bytes end with one "=", and two bits of the character before it mean nothing.
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	at := len(good) - 3
	noncanonical := good[:at] + string(alphabet[strings.IndexByte(alphabet, good[at])^1]) + good[at+1:]
	noncanonicalRoot := root[:42] + string(alphabet[strings.IndexByte(alphabet, root[42])^1]) + "="
	others := func(n, length int) (lines string) {
		for i := range n {
			b := make([]byte, length)
			binary.BigEndian.PutUint16(b, uint16(i))
			lines += line("other.example", b)
		}
		return lines
	}
	name, hash, _ := strings.Cut(vkey, "+")
	upper := name + "+" + strings.ToUpper(hash[:8]) + hash[8:]
	// S + L is as good as S to those who do not look.
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	s := bytes.Clone(raw[36:])
	for i, j := 0, 31; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
	tooLarge := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
	for i, j := 0, 31; i < j; i, j = i+1, j-1 {
		tooLarge[i], tooLarge[j] = tooLarge[j], tooLarge[i]
	}
	longKey, longVkey, err := note.GenerateKey(rand.Reader, strings.Repeat("n", 257))
	must(0, err)
	longSigner := must(note.NewSigner(longKey))
	longText := strings.Repeat("n", 257) + "\n5\n" + root + "\n"
	weak := make([]byte, 33) // y = 1, the neutral element
	weak[0], weak[1] = 1, 1
	id := sha256.Sum256(append([]byte(noteOrigin+"\n"), weak...))
	weakVkey := noteOrigin + "+" + hex.EncodeToString(id[:4]) + "+" + encode(weak)
	// R = A = neutral, S = 0: such a "signature" fits every text where small-order keys are taken.
	forged := append(bytes.Clone(id[:4]), append(append([]byte{1}, make([]byte, 31)...), make([]byte, 32)...)...)

	return []noteCase{
		{"good", vkey, []byte(good), "good good", allGood, ""},
		{"extension-lines", vkey, []byte(sign(text + "one more line\n— and another\n")), "good good", allGood,
			"both keep the lines in the text that is signed"},
		{"wrong-key-id", vkey, []byte(edited(func(b []byte) { b[0] ^= 1 })), "unsigned refused", "good unsigned good CHECKPOINT_KEY", ""},
		{"wrong-signature", vkey, []byte(edited(func(b []byte) { b[40] ^= 1 })), "bad refused", "good bad good CHECKPOINT", ""},
		{"signature-too-short", vkey, []byte(good + "— other.example AAAAAA==\n"),
			"malformed refused", malformed, "four bytes are a key id and no signature"},
		{"one-byte-of-signature", vkey, []byte(good + "— other.example AAAAAAA=\n"), "good good", allGood, ""},
		{"unsigned-by-us", vkey, []byte(text + "\n" + others(1, 68)), "unsigned refused", "good unsigned good CHECKPOINT_KEY", ""},
		{"other-lines-before-and-after", vkey, []byte(text + "\n" + others(2, 68) + own + others(1, 2428)), "good good", allGood, ""},
		{"repeated-line", vkey, []byte(good + own), "good good", "good bad good CHECKPOINT",
			"x/mod drops every further line of a key. signed-note does not forbid it; nobody honest writes it, and we refuse it (DESIGN.md, FORMATS.md section 3)"},
		{"repeated-line-that-is-wrong", vkey, []byte(good + edited(func(b []byte) { b[40] ^= 1 })[len(text)+1:]), "good good", "good bad good CHECKPOINT",
			"x/mod does not look at the second line. signed-note: a signature of a known key MUST be verified, and the note SHOULD be rejected where it fails: we are right"},
		{"wrong-line-before-the-good-one", vkey, []byte(edited(func(b []byte) { b[40] ^= 1 }) + own), "bad refused", "good bad good CHECKPOINT", ""},
		{"repeated-unknown-line", vkey, []byte(good + others(1, 68) + others(1, 68)), "good good", allGood, ""},
		{"noncanonical-base64", vkey, []byte(noncanonical), "good good", malformed,
			"x/mod ignores the unused bits of the last character. RFC 4648, 3.5, leaves it to us; one signature, one text (FORMATS.md section 1)"},
		{"base64-unpadded", vkey, []byte(strings.TrimSuffix(good, "=\n") + "\n"), "malformed refused", malformed, ""},
		{"base64-of-urls", vkey, []byte(text + "\n— " + noteOrigin + " " + base64.URLEncoding.EncodeToString(bytes.Repeat([]byte{0xfb}, 68)) + "\n"), "malformed refused", malformed, ""},
		{"no-last-newline", vkey, []byte(good[:len(good)-1]), "malformed refused", malformed, ""},
		{"no-empty-line", vkey, []byte(text + own), "malformed refused", malformed, ""},
		{"carriage-returns", vkey, []byte(strings.ReplaceAll(good, "\n", "\r\n")), "malformed refused", malformed, ""},
		{"tab", vkey, []byte(sign(text + "a\tb\n")), "malformed refused", malformed, ""},
		{"nul", vkey, []byte(sign(text + "a\x00b\n")), "malformed refused", malformed, ""},
		{"delete", vkey, []byte(sign(text + "a\x7fb\n")), "good good", allGood, "signed-note forbids what is below U+0020 only"},
		{"c1-control", vkey, []byte(sign(text + "a\u0085b\n")), "good good", allGood, "the same"},
		{"not-utf8", vkey, []byte(sign(text + "a\xffb\n")), "malformed refused", malformed, ""},
		{"surrogate", vkey, []byte(sign(text + "a\xed\xa0\x80b\n")), "malformed refused", malformed, ""},
		{"name-with-no-break-space", vkey, []byte(good + "— other\u00a0example AAAAAAA=\n"), "malformed refused", malformed, ""},
		{"name-with-plus", vkey, []byte(good + "— other+example AAAAAAA=\n"), "malformed refused", malformed, ""},
		{"two-spaces", vkey, []byte(good + "—  other.example AAAAAAA=\n"), "malformed refused", malformed, ""},
		{"empty-extension-line", vkey, []byte(sign(text + "\nmore\n")), "good good", "good good CHECKPOINT_FORM CHECKPOINT_FORM",
			"formats hands the rest of the text on unread. tlog-checkpoint: extension lines MUST be non-empty: we are right"},
		{"16-lines", vkey, []byte(good + others(15, 8)), "good good", allGood, "signed-note: so many MUST be accepted"},
		{"64-lines", vkey, []byte(good + others(63, 8)), "good good", allGood, ""},
		{"65-lines", vkey, []byte(good + others(64, 8)), "good good", malformed,
			"x/mod takes 100, we take 64; signed-note: a limit SHOULD be, not below 16"},
		{"101-lines", vkey, []byte(good + others(100, 8)), "malformed refused", malformed, ""},
		{"post-quantum-signature", vkey, []byte(good + others(1, 4996)), "good good", allGood, "signed-note: up to nearly 5 kB"},
		{"signature-of-9000-bytes", vkey, []byte(good + others(1, 9000)), "good good", malformed,
			"our cap is 8,192 bytes; x/mod has none for one line. signed-note leaves limits to the verifier"},
		{"name-of-257-bytes", longVkey, must(note.Sign(&note.Note{Text: longText}, longSigner)), "good good", malformed,
			"our cap on key names is 256 bytes (FORMATS.md section 16); signed-note has none"},
		{"signature-not-reduced", vkey, []byte(edited(func(b []byte) { copy(b[36:], tooLarge) })), "bad refused", "good bad good CHECKPOINT", "RFC 8032: S < L"},
		{"vkey-upper-case", upper, []byte(good), "good good", "good - good -",
			"signed-note says hex without a case; here one key has one text (FORMATS.md section 2)"},
		{"vkey-small-order", weakVkey, []byte(text + "\n" + line(noteOrigin, forged)), "good good", "good - good -",
			"Go takes a key of small order, under which one signature fits every text. RFC 8032 does not forbid it; we do (FORMATS.md section 2)"},
		{"leading-zero", vkey, []byte(sign(noteOrigin + "\n05\n" + root + "\n")), "good good", "good good CHECKPOINT_FORM CHECKPOINT_FORM",
			"formats takes it; tlog.ParseTree does not. tlog-checkpoint: no leading zeroes: we are right"},
		{"plus-sign", vkey, []byte(sign(noteOrigin + "\n+5\n" + root + "\n")), "good refused", "good good CHECKPOINT_FORM CHECKPOINT_FORM", ""},
		{"hex-size", vkey, []byte(sign(noteOrigin + "\n0x5\n" + root + "\n")), "good refused", "good good CHECKPOINT_FORM CHECKPOINT_FORM", ""},
		{"space-behind-size", vkey, []byte(sign(noteOrigin + "\n5 \n" + root + "\n")), "good refused", "good good CHECKPOINT_FORM CHECKPOINT_FORM", ""},
		{"largest-size", vkey, []byte(sign(noteOrigin + "\n9223372036854775807\n" + root + "\n")), "good good", allGood, ""},
		{"two-to-the-63", vkey, []byte(sign(noteOrigin + "\n9223372036854775808\n" + root + "\n")), "good good", "good good CHECKPOINT_FORM CHECKPOINT_FORM",
			"formats takes 64 bits, tlog.ParseTree 63, as we do (FORMATS.md section 1). tlog-checkpoint names no limit"},
		{"size-zero", vkey, []byte(sign(noteOrigin + "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")), "good good", "good good good CHECKPOINT_EMPTY",
			"a checkpoint by tlog-checkpoint; no Bitácora log has size 0 (FORMATS.md section 8), so as a policy's log it is refused"},
		{"root-of-31-bytes", vkey, []byte(sign(noteOrigin + "\n5\n" + encode(make([]byte, 31)) + "\n")), "good good", "good good CHECKPOINT_FORM CHECKPOINT_FORM",
			"formats leaves the length to its callers; tlog.ParseTree does not. A root of RFC 6962 has 32 bytes: we are right"},
		{"root-noncanonical", vkey, []byte(sign(noteOrigin + "\n5\n" + noncanonicalRoot + "\n")), "good good", "good good CHECKPOINT_FORM CHECKPOINT_FORM",
			"as with signatures: RFC 4648, 3.5, leaves it to us"},
		{"two-lines", vkey, []byte(sign(noteOrigin + "\n5\n")), "good refused", "good good CHECKPOINT_FORM CHECKPOINT_FORM", ""},
		{"another-origin", vkey, []byte(sign("other.example/log\n5\n" + root + "\n")), "good refused", "good good good CHECKPOINT_ORIGIN", ""},
		{"empty-origin", vkey, []byte(sign("\n5\n" + root + "\n")), "good refused", "good good CHECKPOINT_FORM CHECKPOINT_FORM", ""},
	}
}

// compare asks both sides about a note.
func (c noteCase) compare(t *tool) error {
	if got := judge(c.note, c.vkey); got != c.theirs {
		return fmt.Errorf("Go says %s, expected %s", got, c.theirs)
	}
	got, err := t.ask("note", c.vkey, encode(c.note))
	if err != nil {
		return err
	}
	if len(got) != 5 {
		return fmt.Errorf("check_note: %q", got)
	}
	if ours := strings.Join(got[:4], " "); ours != c.ours {
		return fmt.Errorf("we say %s, expected %s", ours, c.ours)
	}
	if got[4] != "-" {
		// What note.Open takes for the text is what note_parse takes for it.
		v := must(note.NewVerifier(c.vkey))
		n, err := note.Open(c.note, note.VerifierList(v))
		if e, ok := err.(*note.UnverifiedNoteError); ok {
			n, err = e.Note, nil
		}
		if err == nil && encode([]byte(n.Text)) != got[4] {
			return fmt.Errorf("the texts differ")
		}
	}
	if c.differ() && c.why == "" {
		return fmt.Errorf("the two differ, and nobody says why")
	}
	return nil
}

func compareNotes(t *tool, cases []noteCase) {
	for _, c := range cases {
		what := "notes: " + c.name
		if c.differ() {
			what += ": they say " + c.theirs + ", we say " + c.ours
		}
		check(what, c.compare(t))
	}
}

// A keyCase is a private key made by Go, its vkey, and a note signed by it.
type keyCase struct{ skey, vkey, text, note string }

func keyCases() (cases []keyCase) {
	for i, name := range []string{"go.example/log", "a", "x/y_z-0.1", strings.Repeat("m", 128), "año.example"} {
		skey, vkey, err := note.GenerateKey(rand.Reader, name)
		must(0, err)
		text := strings.Repeat("line\n\n", i) + "last line of a text\n"
		signed := must(note.Sign(&note.Note{Text: text}, must(note.NewSigner(skey))))
		cases = append(cases, keyCase{skey, vkey, text, string(signed)})
	}
	return cases
}

func (c keyCase) compare(t *tool) error {
	got, err := t.ask("key", c.skey)
	if err != nil || len(got) != 1 || got[0] != c.vkey {
		return fmt.Errorf("the vkey of %s is %v for us: %v", c.vkey, got, err)
	}
	got, err = t.ask("sign", c.skey, encode([]byte(c.text)))
	if err != nil || len(got) != 1 || got[0] != encode([]byte(c.note)) {
		return fmt.Errorf("we sign it otherwise: %v %v", got, err)
	}
	return nil
}

func testNotes(path, vectors string) {
	t := must(startTool(path))
	skey, vkey, err := note.GenerateKey(rand.Reader, noteOrigin)
	must(0, err)
	compareNotes(t, noteCases(skey, vkey))
	for _, c := range keyCases() {
		name, _, _ := strings.Cut(c.vkey, "+")
		check(fmt.Sprintf("notes: a key of Go and what it signs, %.20s", name), c.compare(t))
	}
	recorded, err := readRecorded(filepath.Join(vectors, "notes.txt"))
	for _, c := range recorded {
		if e := c.compare(t); e != nil && err == nil {
			err = fmt.Errorf("%s: %v", c.name, e)
		}
	}
	check(fmt.Sprintf("notes: the %d that are recorded in tests/vectors, too", len(recorded)), err)
	check("notes: check_note ends well", t.end())
}

// ---- vectors --------------------------------------------------------------------------------------

func readRecorded(path string) (cases []noteCase, err error) {
	data, err := os.ReadFile(path)
	for _, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		w := strings.Fields(l)
		if strings.HasPrefix(l, "#") || len(w) != 9 {
			continue
		}
		cases = append(cases, noteCase{w[0], w[1], must(base64.StdEncoding.DecodeString(w[8])), w[2] + " " + w[3], strings.Join(w[4:8], " "), "recorded"})
	}
	if err == nil && len(cases) == 0 {
		err = fmt.Errorf("%s: nothing is there", path)
	}
	return cases, err
}

// record writes vectors/notes.txt, keys.txt, inclusion.txt and consistency.txt.
func record(path, vectors string) {
	t := must(startTool(path))
	put := func(name, text string) { must(0, os.WriteFile(filepath.Join(vectors, name), []byte(text), 0o644)) }
	skey, vkey, err := note.GenerateKey(rand.Reader, noteOrigin)
	must(0, err)
	var b strings.Builder
	b.WriteString("# name vkey their-note their-checkpoint form key checkpoint policy note, written by tests/interop/go: a note in base64, what\n" +
		"# golang.org/x/mod and transparency-dev/formats say of it, what note_parse, note_verify, checkpoint_parse and policy_open say.\n")
	for _, c := range noteCases(skey, vkey) {
		must(0, c.compare(t))
		if c.why != "" {
			fmt.Fprintf(&b, "# %s\n", c.why)
		}
		fmt.Fprintf(&b, "%s %s %s %s %s\n", c.name, c.vkey, c.theirs, c.ours, encode(c.note))
	}
	put("notes.txt", b.String())
	b.Reset()
	b.WriteString("# private-key vkey text note, made by golang.org/x/mod/sumdb/note; text and note in base64\n")
	for _, c := range keyCases() {
		must(0, c.compare(t))
		fmt.Fprintf(&b, "%s %s %s %s\n", c.skey, c.vkey, encode([]byte(c.text)), encode([]byte(c.note)))
	}
	put("keys.txt", b.String())
	must(0, t.end())
	l := newMadeLog()
	for _, kind := range []string{"inclusion", "consistency"} {
		b.Reset()
		b.WriteString("# inclusion index size root leaf path... / consistency old_size new_size old_root new_root proof...\n" +
			"# Made by golang.org/x/mod/sumdb/tlog; leaf i is the text \"leaf i\".\n")
		for _, size := range []int64{1, 2, 3, 5, 8, 13, 255, 256, 257, 511, 512, 513, 600, 769, 1000} {
			for _, a := range []int64{0, 1, 2, size / 2, 255, 256, size - 1, size} {
				if c, err := l.claim(kind, a, size); a <= size && err == nil {
					b.WriteString(c.text() + "\n")
				}
			}
		}
		put(kind+".txt", b.String())
	}
}
