// Has litewitness know a log: what `witnessctl add-log` and `add-key` would write. witnessctl itself needs a module
// (sigsum-go) that not every proxy gives. litewitness made the tables, and reads them anew for each request.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func addLog(path, vkey string) (err error) {
	origin, _, ok := strings.Cut(vkey, "+")
	if !ok {
		return fmt.Errorf("not a verifier key: %q", vkey)
	}
	db, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenWAL)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetBusyTimeout(10 * time.Second)
	defer sqlitex.Save(db)(&err) // both rows, or neither
	empty := sha256.Sum256(nil)  // the root of no entries
	if err := sqlitex.Execute(db, "INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)",
		&sqlitex.ExecOptions{Args: []any{origin, base64.StdEncoding.EncodeToString(empty[:])}}); err != nil {
		return err
	}
	return sqlitex.Execute(db, "INSERT INTO key (origin, key) VALUES (?, ?)",
		&sqlitex.ExecOptions{Args: []any{origin, vkey}})
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: litewitness-log DATABASE LOG_VKEY")
		os.Exit(2)
	}
	if err := addLog(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
